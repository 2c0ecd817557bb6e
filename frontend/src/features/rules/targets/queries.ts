/** Reads the targets, and changes them as rules are: one change after the other, a new order at once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { moveAfter } from "@/features/rules/queries";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useTargetRoutes } from "@/lib/api/targets";
import type { ChangedTarget, Target } from "@/types/wire";

export const TARGETS_KEY = ["targets"] as const;
const FRESH_MS = 15_000;

export function useTargets() {
  const api = useTargetRoutes();
  return useQuery({ queryKey: TARGETS_KEY, queryFn: ({ signal }) => api.listTargets(signal), staleTime: FRESH_MS, refetchOnWindowFocus: true, ...READ_WHEN_OPENED });
}

export function useChangeTarget() {
  const api = useTargetRoutes();
  const client = useQueryClient();
  return useMutation({
    mutationKey: TARGETS_KEY,
    scope: { id: "targets" },
    mutationFn: ({ id, body }: { readonly id: number; readonly body: ChangedTarget }) => api.changeTarget(id, body),
    onMutate: ({ id, body: { after_id: afterId } }) => {
      if (afterId !== undefined) client.setQueryData<readonly Target[]>(TARGETS_KEY, (targets) => targets && moveAfter(targets, id, afterId));
    },
    // What the last one has left is read: an earlier answer would undo what is shown.
    onSettled: () => (client.isMutating({ mutationKey: TARGETS_KEY }) > 1 ? undefined : client.invalidateQueries({ queryKey: TARGETS_KEY })),
  });
}
