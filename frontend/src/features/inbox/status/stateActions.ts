/** What can be done with the status and the owner of a chat: the request, what it shows at once, and its undo. */
import { t } from "@/i18n/translate";
import type { OwnerBody, StatusBody } from "@/lib/api/conversations";
import type { Api } from "@/lib/api/routes";
import { makeClientId } from "@/lib/ids";
import { isolate } from "@/lib/texts";
import { formatMoment } from "@/lib/time";
import type { Chat } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import type { ChatChange } from "@/features/inbox/data/chatGuesses";

export type StateRequest = { readonly kind: "status"; readonly body: StatusBody } | { readonly kind: "owner"; readonly body: OwnerBody };

export interface StateAction {
  readonly request: StateRequest;
  readonly change: ChatChange;
  /** What is reported once it is done. */
  readonly describe: (chat: Chat) => string;
}

export type Owner = NonNullable<Chat["assignee"]>;

const nameOf = (chat: Chat): string => isolate(nameChat(chat));

/** `note` is for colleagues. */
export const close = (category: string | null = null, note: string | null = null): StateAction => ({
  request: { kind: "status", body: { status: "closed", ...(category === null ? {} : { category }), ...(note === null ? {} : { note: { text: note, client_id: makeClientId() } }) } },
  change: { status: "closed", snoozed_until: null, waiting_since: null },
  describe: (chat) => t("status.done.closed", { name: nameOf(chat) }),
});

export const reopen = (): StateAction => ({
  request: { kind: "status", body: { status: "open" } },
  change: { status: "open", snoozed_until: null },
  describe: (chat) => t("status.done.opened", { name: nameOf(chat) }),
});

/** Until that time, or by default until the contact writes before it. */
export const snooze = (until: string, wakesOnMessage = true): StateAction => ({
  request: { kind: "status", body: { status: "snoozed", until, ...(wakesOnMessage ? {} : { wake_on_message: false }) } },
  change: { status: "snoozed", snoozed_until: until },
  describe: (chat) => t("status.done.snoozed", { name: nameOf(chat), time: formatMoment(until) }),
});

function describeOwner(chat: Chat, owner: Owner | null, team: Owner | null): string {
  const name = nameOf(chat);
  const shown = owner ?? team;
  return shown === null ? t("status.done.released", { name }) : t("status.done.assigned", { name, owner: isolate(shown.name) });
}

/** To a user, a team, both or none. */
export const assign = (owner: Owner | null, team: Owner | null): StateAction => ({
  request: { kind: "owner", body: { user_id: owner?.id ?? null, team_id: team?.id ?? null } },
  change: { assignee: owner, team },
  describe: (chat) => describeOwner(chat, owner, team),
});

/** To the user of this window; the team stays. */
export const take = (user: Owner, { team }: Chat): StateAction => ({
  ...assign(user, team),
  describe: (chat) => t("status.done.taken", { name: nameOf(chat) }),
});

/** Back to the state that the chat had; a snooze that would be over is none. */
export function undoOf({ request }: StateAction, before: Chat, now = Date.now()): StateAction {
  if (request.kind === "owner") return assign(before.assignee, before.team);
  if (before.status === "closed") return close();
  const until = before.snoozed_until;
  return before.status === "snoozed" && until !== null && new Date(until).getTime() > now ? snooze(until) : reopen();
}

export type StateApi = Pick<Api, "setStatus" | "setAssignee">;

/** What the user had seen: the state of the chat, and its newest message. */
export interface Seen {
  readonly stateSeq: number;
  readonly messageSeq: number;
}

export function requestState(api: StateApi, chat: Chat, { request }: StateAction, { stateSeq, messageSeq }: Seen): Promise<Chat> {
  if (request.kind === "owner") return api.setAssignee(chat, { ...request.body, state_seq: stateSeq });
  const guard = request.body.status === "closed" ? { seen_seq: messageSeq } : {};
  return api.setStatus(chat, { ...request.body, ...guard, state_seq: stateSeq });
}
