/** Reads what rules and macros name, and changes them. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useRenewed } from "@/lib/socket/useRenewed";
import { useReplies } from "@/lib/replies/queries";
import { can, useMe } from "@/lib/rights";
import { useTeam } from "@/lib/team";
import { useTeams } from "@/lib/teams";
import type { Account, ChangedRule, Rule } from "@/types/wire";

const RULES = "rules";
export const RULES_KEY = [RULES] as const;
const FRESH_MS = 15_000;

/** As they are now: with their last runs. Colleagues' changes to rules themselves are seen with the next look at the page. */
export function useRules() {
  const api = useApi();
  const client = useQueryClient();
  // While one is changed, its answer is read afterwards: an earlier one would undo what is shown.
  useRenewed(RULES, ({ event, data }) => event === "activity:new" && data.kind === "ran" && client.isMutating({ mutationKey: RULES_KEY }) === 0);
  return useQuery({ queryKey: RULES_KEY, queryFn: ({ signal }) => api.listRules(signal), staleTime: FRESH_MS, refetchOnWindowFocus: true, ...READ_WHEN_OPENED });
}

/** The accounts whose rules the user may change. */
export function useRuledAccounts(): readonly Account[] {
  const rights = useMe().data;
  return useAccounts().data?.filter((account) => can(rights, "manage_rules", account)) ?? [];
}

export interface Choice {
  readonly id: number;
  readonly name: string;
}

export interface Nameable {
  readonly labels: readonly Choice[];
  readonly teams: readonly Choice[];
  readonly users: readonly Choice[];
  readonly replies: readonly Choice[];
}

/** What conditions and actions can name: only what all users see. */
export function useNameable(): Nameable {
  const api = useApi();
  const labels = useQuery({ queryKey: ["labels"], queryFn: ({ signal }) => api.listLabels(signal) }).data;
  return {
    labels: labels?.filter(({ shared }) => shared) ?? [],
    teams: useTeams().data ?? [],
    users: useTeam().data?.filter(({ status }) => status === "active") ?? [],
    replies: useReplies().data?.filter(({ shared }) => shared) ?? [],
  };
}

/**
 * A change is shown once the server has made it; a new order at once. One is sent after the other: two moves in a row must not
 * arrive the other way round.
 */
export function useChangeRule() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationKey: RULES_KEY,
    scope: { id: "rules" },
    mutationFn: ({ id, body }: { readonly id: number; readonly body: ChangedRule }) => api.changeRule(id, body),
    onMutate: ({ id, body }) => {
      if (body.after_id === undefined) return;
      const afterId = body.after_id;
      client.setQueryData<readonly Rule[]>(RULES_KEY, (rules) => (rules === undefined ? rules : moveAfter(rules, id, afterId)));
    },
    // What the last one has left is read: an earlier answer would undo what is shown.
    onSettled: () => (client.isMutating({ mutationKey: RULES_KEY }) > 1 ? undefined : client.invalidateQueries({ queryKey: RULES_KEY })),
  });
}

export function moveAfter<T extends { readonly id: number }>(rules: readonly T[], id: number, afterId: number | null): readonly T[] {
  const moved = rules.find((rule) => rule.id === id);
  if (moved === undefined) return rules;
  const others = rules.filter((rule) => rule !== moved);
  return others.toSpliced(afterId === null ? 0 : others.findIndex((rule) => rule.id === afterId) + 1, 0, moved);
}

export function useRuns(ruleId: number) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: [...RULES_KEY, ruleId, "runs"],
    queryFn: ({ pageParam, signal }) => api.listRuleRuns(ruleId, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }) => next,
  });
}
