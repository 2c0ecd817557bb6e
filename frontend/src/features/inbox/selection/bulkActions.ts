/** What can be done with many chats at once: the request, what it changes of each, and how each is undone. */
import type { MessageId } from "@/i18n/ids";
import type { ChangeChats, Chat, Label } from "@/types/wire";
import type { ChatChange } from "@/features/inbox/data/chatGuesses";
import { withLabel } from "@/features/inbox/labels/withLabel";
import type { Choice } from "@/features/inbox/status/dialogs/choice";
import { close as closeOne, reopen, undoOf, type StateRequest } from "@/features/inbox/status/stateActions";

export type BulkRequest = Omit<ChangeChats, "chat_ids" | "state_seqs" | "seen_seqs">;

/** For one of the chats. */
interface OneChange {
  readonly request: BulkRequest;
  readonly change: ChatChange;
}

export interface BulkAction {
  readonly changeOf: (chat: Chat) => OneChange;
  /** With `{count}`. */
  readonly text: (chat: Chat) => MessageId;
  /** For a chat as it was before, and as it is now. */
  readonly undo: (before: Chat, now: Chat) => OneChange;
}

const ACTIONS = { open: "open", snoozed: "snooze", closed: "close" } as const;

/** The request of one chat, as one of many. */
function requestOf({ kind, body }: StateRequest): BulkRequest {
  if (kind === "owner") return { action: "assign", user_id: body.user_id, team_id: body.team_id };
  const { status, until, wake_on_message, category } = body;
  return {
    action: ACTIONS[status],
    ...(until === undefined ? {} : { until }),
    ...(wake_on_message === undefined ? {} : { wake_on_message }),
    ...(category === undefined ? {} : { category }),
  };
}

function textOf({ kind, body }: StateRequest): MessageId {
  if (kind === "status") return `selection.done.${ACTIONS[body.status]}`;
  return body.user_id === null && body.team_id === null ? "selection.done.unassign" : "selection.done.assign";
}

/** What is chosen for one chat, for all of them. */
export const forAll = (choice: Choice): BulkAction => ({
  changeOf: (chat) => ({ request: requestOf(choice(chat).request), change: choice(chat).change }),
  text: (chat) => textOf(choice(chat).request),
  undo: (before) => {
    const { request, change } = undoOf(choice(before), before);
    const waiting = request.kind === "status" ? { waiting_since: before.waiting_since } : {};
    return { request: requestOf(request), change: { ...change, ...waiting } };
  },
});

export const close = forAll(() => closeOne());
export const open = forAll(reopen);

const labelling = ({ id, shared }: Label, isOn: boolean, chat: Chat): OneChange => ({
  request: { action: isOn ? "label" : "unlabel", label_id: id },
  change: shared ? { labels: withLabel(chat.labels, id, isOn) } : {},
});

export const label = (one: Label, isOn: boolean): BulkAction => ({
  changeOf: (chat) => labelling(one, isOn, chat),
  text: () => (isOn ? "selection.done.label" : "selection.done.unlabel"),
  undo: (_, now) => labelling(one, !isOn, now),
});

const flag = (action: "archive" | "unarchive" | "read" | "unread", inverse: BulkRequest["action"], change: (chat: Chat) => ChatChange): BulkAction => ({
  changeOf: (chat) => ({ request: { action }, change: change(chat) }),
  text: () => `selection.done.${action}`,
  undo: ({ archived, unread_count }) => ({ request: { action: inverse }, change: { archived, unread_count } }),
});

export const archive = flag("archive", "unarchive", () => ({ archived: true }));
export const unarchive = flag("unarchive", "archive", () => ({ archived: false }));
export const read = flag("read", "unread", () => ({ unread_count: 0 }));
export const unread = flag("unread", "read", ({ unread_count }) => ({ unread_count: Math.max(1, unread_count) }));
