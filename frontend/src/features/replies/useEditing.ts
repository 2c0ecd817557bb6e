/** Stores a canned reply with its files, or deletes it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "@/lib/api/context";
import type { CannedReply, NewReply } from "@/types/wire";
import { REPLIES_KEY } from "@/lib/replies/queries";

export interface Edited extends NewReply {
  readonly added: readonly File[];
  readonly removed: readonly string[];
}

export function useEditing(reply: CannedReply | null, onDone: () => void) {
  const api = useApi();
  const client = useQueryClient();
  const settled = { onSuccess: onDone, onSettled: () => client.invalidateQueries({ queryKey: REPLIES_KEY }) };
  const save = useMutation({
    mutationFn: async ({ added, removed, ...body }: Edited) => {
      const { id } = reply === null ? await api.createReply(body) : await api.changeReply(reply.id, body);
      for (const fileId of removed) await api.removeReplyFile(id, fileId);
      if (added.length > 0) await api.addReplyFiles(id, added);
    },
    ...settled,
  });
  const remove = useMutation({ mutationFn: () => (reply === null ? Promise.resolve(undefined) : api.deleteReply(reply.id)), ...settled });
  return { save, remove };
}
