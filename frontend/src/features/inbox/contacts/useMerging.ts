/** Merges contacts and separates them again; either can be undone, and a failed undo says why. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import { refreshContacts } from "./contactQueries";

export interface Merge {
  readonly accountId: number;
  /** Of the contact that stays. */
  readonly mainId: number;
  readonly otherId: number;
  /** Of the other one. */
  readonly name: string;
  readonly isMerged: boolean;
}

export function useMerging(onDone: () => void) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const toasts = useToasts();
  const change = ({ accountId, mainId, otherId, isMerged }: Merge) =>
    isMerged ? api.mergeContact({ account_id: accountId, id: mainId }, otherId) : api.undoMerge({ account_id: accountId, id: otherId });
  const undo = useMutation({
    mutationFn: (done: Merge) => change({ ...done, isMerged: !done.isMerged }),
    onError: (error) => toasts.show({ text: describeError(error) }),
    onSettled: () => refreshContacts(client),
  });
  return useMutation({
    mutationFn: change,
    onSuccess: (_, done) => {
      const text = t(done.isMerged ? "records.mergeDone" : "records.separateDone", { name: isolate(done.name) });
      toasts.show({ text, action: { label: t("app.undo"), run: () => undo.mutate(done) } });
      onDone();
    },
    onSettled: () => refreshContacts(client),
  });
}
