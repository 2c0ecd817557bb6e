/** Which chats the list shows, and in which order: kept in the address, so that it can be linked and survives a reload. */
import type { Chat, ChatStatus } from "@/types/wire";
import { idsOf } from "@/features/inbox/views/ids";
import { standingOf } from "@/features/inbox/targets/standing";
import { isShown, orderedBy, parseFilter, type ChatFilter, type ChatSort } from "./chatPages";

export const VIEWS = ["mine", "unassigned", "all"] as const;
export type ListView = (typeof VIEWS)[number];

export const STATUSES = ["open", "snoozed", "closed", "any"] as const;
export type ListStatus = (typeof STATUSES)[number];

export const TARGETS = ["at_risk", "breached"] as const;
export type ListTarget = (typeof TARGETS)[number];

const SORTS = ["recent", "waiting", "due"] as const satisfies readonly ChatSort[];

export interface ListQuery {
  readonly view: ListView;
  readonly filter: ChatFilter;
  readonly status: ListStatus;
  readonly sort: ChatSort;
  /** Of one user: only in the view of all chats. */
  readonly assigneeId: number | null;
  readonly teamId: number | null;
  /** Chats that have all of these. */
  readonly labels: readonly number[];
  /** Whose contacts have waited at least so long. */
  readonly waitingMinutes: number | null;
  /** Whose target stands so now. */
  readonly target: ListTarget | null;
  /** Where a note of the open conversation mentions the user: rows do not say so, only the server knows. */
  readonly mentioned: boolean;
  /** The user sees only chats of their own and of their teams: the view of their chats has all of these. */
  readonly isRestricted: boolean;
}

export const ALL_CHATS: ListQuery = { view: "all", filter: "all", status: "any", sort: "recent", assigneeId: null, teamId: null, labels: [], waitingMinutes: null, target: null, mentioned: false, isRestricted: false };

/** All chats are those of the phone, whatever their status; in the other views work is waiting. */
const usualStatus = (view: ListView): ListStatus => (view === "all" ? "any" : "open");

const oneOf = <T extends string>(values: readonly T[], text: string | null): T | undefined => values.find((value) => value === text);
const idOf = (text: string | null): number | null => (text !== null && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null);

/** What the address does not say is as `view` and `sort` were last chosen. */
export function parseQuery(address: URLSearchParams, last: Pick<ListQuery, "view" | "sort">, isRestricted = false): ListQuery {
  const assigneeId = idOf(address.get("assignee"));
  const filter = parseFilter(address.get("filter"));
  // The archive is the phone's, not a part of a user's work.
  const chosen = isRestricted ? "mine" : (oneOf(VIEWS, address.get("view")) ?? last.view);
  const view = assigneeId !== null || filter === "archived" ? "all" : chosen;
  const status = oneOf(STATUSES, address.get("status")) ?? usualStatus(view);
  const sort = oneOf(SORTS, address.get("sort")) ?? last.sort;
  return { view, filter, status, sort, assigneeId, teamId: idOf(address.get("team")), labels: idsOf(address.get("labels")), waitingMinutes: idOf(address.get("waiting")), target: oneOf(TARGETS, address.get("target")) ?? null, mentioned: address.get("mentioned") === "me", isRestricted };
}

/** The address with this change; another view has its usual status, and only its own chats. */
export function withChange(address: URLSearchParams, change: Partial<ListQuery>): URLSearchParams {
  const next = new URLSearchParams(address);
  const set = (name: string, value: string | number | null | undefined, usual: string | null) => {
    if (value === undefined) return;
    if (value === null || value === usual) next.delete(name);
    else next.set(name, String(value));
  };
  if (change.view !== undefined) for (const name of ["status", "assignee"]) next.delete(name);
  if (change.view !== undefined && next.get("filter") === "archived") next.delete("filter");
  set("view", change.view, null);
  set("filter", change.filter, "all");
  set("status", change.status, null);
  set("sort", change.sort, null);
  set("assignee", change.assigneeId, null);
  set("team", change.teamId, null);
  set("labels", change.labels?.join(","), "");
  set("waiting", change.waitingMinutes, null);
  set("target", change.target, null);
  set("mentioned", change.mentioned === undefined ? undefined : change.mentioned ? "me" : null, null);
  if (change.assigneeId !== undefined && change.assigneeId !== null) next.delete("view");
  return next;
}

/** Whether anything but the view narrows the list or orders it. */
export const isNarrowed = ({ view, filter, status, sort, assigneeId, teamId, labels, waitingMinutes, target, mentioned }: ListQuery): boolean =>
  labels.length > 0 || waitingMinutes !== null || target !== null || mentioned ||
  (filter !== "all" && filter !== "unread") || status !== usualStatus(view) || sort !== "recent" || assigneeId !== null || teamId !== null;

/** The same as one value: what the lists of two queries have in common is not cached twice. */
export const keyOfQuery = (query: ListQuery): string => Object.values(query).join(" ");

/** How `GET …/chats` is asked for these chats. */
export function searchOf({ view, filter, status, sort, assigneeId, teamId, labels, waitingMinutes, target, mentioned, isRestricted }: ListQuery): Readonly<Record<string, string>> {
  const assignee = assigneeId !== null ? String(assigneeId) : { mine: isRestricted ? null : "me", unassigned: "none", all: null }[view];
  const parts = { filter: filter === "all" ? null : filter, status: status === "any" ? null : status, assignee, team_id: teamId === null ? null : String(teamId), sort: sort === "recent" ? null : sort, labels: labels.length === 0 ? null : labels.join(","), waiting_minutes: waitingMinutes === null ? null : String(waitingMinutes), target, mentioned: mentioned ? "me" : null };
  return Object.fromEntries(Object.entries(parts).filter((part): part is [string, string] => part[1] !== null));
}

const isOf = ({ assignee }: Chat, { view, assigneeId, isRestricted }: ListQuery, userId: number): boolean => {
  if (assigneeId !== null) return assignee?.id === assigneeId;
  if (isRestricted) return true;
  return view === "all" || (view === "mine" ? assignee?.id === userId : assignee === null);
};

/** A closed conversation no longer asks for a user. */
const hasStatus = (status: ChatStatus, { status: wanted, mentioned }: ListQuery): boolean => (wanted === "any" || status === wanted) && !(mentioned && status === "closed");

const MINUTE_MS = 60_000;

const hasWaited = ({ waiting_since }: Chat, minutes: number | null, now = Date.now()): boolean =>
  minutes === null || (waiting_since !== null && now - new Date(waiting_since).getTime() >= minutes * MINUTE_MS);

const stands = ({ target }: Chat, wanted: ListTarget | null, now = Date.now()): boolean =>
  wanted === null || (target !== null && standingOf(target, now) === wanted);

const isOrdered = (chat: Chat, sort: ChatSort): boolean => sort === "recent" || orderedBy(chat, sort) !== null;

/** The rows that belong into the list: what the server's conditions say, for rows that change while they are shown. */
const NO_LABELS: ReadonlyMap<number, readonly number[]> = new Map();

/** `privateOf` are the private labels of the user, by chat. */
export const wantsChat = (query: ListQuery, userId: number, privateOf = NO_LABELS) => (chat: Chat): boolean =>
  isShown(chat, query.filter) &&
  hasStatus(chat.status, query) &&
  isOf(chat, query, userId) &&
  (query.teamId === null || chat.team?.id === query.teamId) &&
  query.labels.every((id) => chat.labels.includes(id) || (privateOf.get(chat.id)?.includes(id) ?? false)) &&
  hasWaited(chat, query.waitingMinutes) &&
  stands(chat, query.target) &&
  isOrdered(chat, query.sort);
