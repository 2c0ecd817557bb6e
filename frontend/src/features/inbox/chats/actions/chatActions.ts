/** What can be done with a chat: the request, what it changes, what is reported, and how it is undone. */
import type { MessageId } from "@/i18n/ids";
import type { ChatPatch } from "@/lib/api/firstRoutes";
import type { Chat } from "@/types/wire";
import type { ChatChange } from "@/features/inbox/data/chatGuesses";

export interface ChatAction {
  readonly patch: ChatPatch;
  readonly change: ChatChange;
  /** Names the chat as `{name}`. */
  readonly text: MessageId;
  readonly undo: Pick<ChatAction, "patch" | "change">;
}

const HOUR_MS = 3_600_000;
/** The server's value for "until unmuted". */
export const ALWAYS = "9999-12-31T00:00:00.000Z";
export const inHours = (hours: number, now = Date.now()): string => new Date(now + hours * HOUR_MS).toISOString();

/** Whether muting has not ended yet. */
export const isMuted = (chat: Pick<Chat, "muted_until">, now = Date.now()): boolean =>
  chat.muted_until !== null && new Date(chat.muted_until).getTime() > now;

type Flag = Pick<ChatPatch & ChatChange, "archived" | "pinned" | "muted_until">;

/** Fields that the request and the row name alike. */
const setFlag = (text: MessageId, flag: Flag, before: Flag): ChatAction => ({
  patch: flag,
  change: flag,
  text,
  undo: { patch: before, change: before },
});

export const archive = ({ archived }: Chat): ChatAction =>
  setFlag(archived ? "commands.done.unarchived" : "commands.done.archived", { archived: !archived }, { archived });

export const pin = ({ pinned }: Chat): ChatAction =>
  setFlag(pinned ? "commands.done.unpinned" : "commands.done.pinned", { pinned: !pinned }, { pinned });

/** Until that time; null unmutes. */
export const mute = ({ muted_until: before }: Chat, until: string | null): ChatAction =>
  setFlag(until === null ? "commands.done.unmuted" : "commands.done.muted", { muted_until: until }, { muted_until: before });

const markUnread: ChatAction["undo"] = { patch: { read: false }, change: { unread_count: 1 } };

/** Later messages stay unread. */
const markRead = ({ seq }: Chat): ChatAction["undo"] => ({ patch: { read: true, read_seq: seq }, change: { unread_count: 0 } });

export const toggleRead = (chat: Chat): ChatAction =>
  chat.unread_count > 0
    ? { ...markRead(chat), text: "commands.done.read", undo: { ...markUnread, change: { unread_count: chat.unread_count } } }
    : { ...markUnread, text: "commands.done.unread", undo: markRead(chat) };
