/** A saved view as an address of the list, and the list as a view to save. */
import type { ViewQuery } from "@/types/wire";
import type { ListQuery } from "@/features/inbox/chats/query/listQuery";

const VIEW_OF: Readonly<Record<string, string>> = { me: "mine", none: "unassigned" };
const ASSIGNEE_OF = { mine: "me", unassigned: "none", all: null } as const;

/** What the list's address says for this view. */
export function addressOf({ filter, status, assignee, team_id, labels, account_ids, mentioned, waiting_minutes, target, sort }: ViewQuery): string {
  const isOfUser = assignee !== null && VIEW_OF[assignee] === undefined;
  const parts: readonly (readonly [name: string, value: string | number | null | undefined])[] = [
    ["view", isOfUser ? null : (VIEW_OF[assignee ?? ""] ?? "all")],
    ["assignee", isOfUser ? assignee : null],
    ["filter", filter],
    ["status", status ?? "any"],
    ["team", team_id],
    ["labels", labels.length === 0 ? null : labels.join(",")],
    ["mentioned", mentioned],
    ["waiting", waiting_minutes],
    ["target", target],
    ["sort", sort],
    ["account", account_ids.length === 0 ? null : account_ids.join(",")],
  ];
  const said = parts.filter((part): part is [string, string | number] => part[1] !== null && part[1] !== undefined);
  return new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
}

/** `accountIds` are those the list is limited to; none for all. */
export function viewOf(query: ListQuery, accountIds: readonly number[]): ViewQuery {
  return {
    filter: query.filter === "all" ? null : query.filter,
    status: query.status === "any" ? null : query.status,
    assignee: query.assigneeId === null ? ASSIGNEE_OF[query.view] : String(query.assigneeId),
    team_id: query.teamId,
    labels: [...query.labels],
    account_ids: [...accountIds],
    mentioned: query.mentioned ? "me" : null,
    waiting_minutes: query.waitingMinutes,
    target: query.target,
    sort: query.sort,
  };
}
