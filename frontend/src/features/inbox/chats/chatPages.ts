/** Merges the chat pages of several accounts into one list, newest first. */
import { newestOf } from "@/lib/rows";
import type { Chat, Page } from "@/types/wire";
import type { Progress } from "@/features/inbox/data/store";

/** Where to continue reading: for each account with more chats, the cursor and the oldest chat read so far. */
export type ChatPosition = Readonly<Record<number, { readonly cursor: string | null; readonly floor: string }>>;

export interface ChatPage {
  readonly chats: readonly Chat[];
  readonly next: ChatPosition;
}

type ListChats = (accountId: number, cursor: string | null) => Promise<Page<Chat>>;

/** Newer than every time: an account that was not read yet comes first. */
const TOP = "\uffff";

export const sortTime = (chat: Chat): string => chat.last_message_at ?? chat.created_at;

export function firstPosition(accountIds: readonly number[]): ChatPosition {
  return Object.fromEntries(accountIds.map((id) => [id, { cursor: null, floor: TOP }]));
}

export const isBeginning = (position: ChatPosition): boolean =>
  Object.values(position).every(({ cursor }) => cursor === null);

/** The time down to which the merged list is complete; "" when everything is read. */
export function findFloor(position: ChatPosition): string {
  return Object.values(position).reduce((top, { floor }) => (floor > top ? floor : top), "");
}

export function hasMore(position: ChatPosition): boolean {
  return Object.keys(position).length > 0;
}

/** Reads the next page, only of the accounts that limit the list. */
export async function fetchChatPage(position: ChatPosition, listChats: ListChats): Promise<ChatPage> {
  const top = findFloor(position);
  const chats: Chat[] = [];
  const next: Record<number, ChatPosition[number]> = {};
  const readOn = async ([key, position]: [string, ChatPosition[number]]) => {
    const accountId = Number(key);
    if (position.floor < top) {
      next[accountId] = position;
      return;
    }
    const page = await listChats(accountId, position.cursor);
    chats.push(...page.items);
    if (page.next_cursor === null) return;
    const floor = page.items.map(sortTime).reduce((low, time) => (time < low ? time : low), position.floor);
    next[accountId] = { cursor: page.next_cursor, floor };
  };
  await Promise.all(Object.entries(position).map(readOn));
  return { chats, next };
}

/** All pinned chats of an account: there are few, of any age. */
async function fetchPinned(accountId: number, listPinned: ListChats): Promise<readonly Chat[]> {
  const chats: Chat[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Chat> = await listPinned(accountId, cursor);
    chats.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return chats;
}

/** The first page: the newest chats, and the pinned ones above them. */
export async function fetchFirstPage(
  position: ChatPosition,
  listChats: ListChats,
  listPinned: ListChats,
): Promise<ChatPage> {
  const pinned = Object.keys(position).map((key) => fetchPinned(Number(key), listPinned));
  const [page, ...rows] = await Promise.all([fetchChatPage(position, listChats), ...pinned]);
  return { ...page, chats: [...rows.flat(), ...page.chats] };
}

/** The filters of the list; "all" leaves out archived chats, as the phone does. */
export type ChatFilter = "all" | "unread" | "groups" | "archived";

const FILTERS: Readonly<Record<ChatFilter, (chat: Chat) => boolean>> = {
  all: (chat) => !chat.archived,
  unread: (chat) => !chat.archived && chat.unread_count > 0,
  groups: (chat) => !chat.archived && chat.kind === "group",
  archived: (chat) => chat.archived,
};

export const isShown = (chat: Chat, filter: ChatFilter): boolean => FILTERS[filter](chat);

/** Archived chats are sorted by age: pins apply only outside the archive. */
const isOnTop = (chat: Chat): boolean => chat.pinned && !chat.archived;

/** The list to show: pinned first, then newest first, down to where it is complete, of these accounts only. */
export function mergeChats(
  pages: readonly ChatPage[],
  live: Iterable<Chat>,
  accountIds: readonly number[],
  progress: ReadonlyMap<number, Progress> = new Map(),
  wants: (chat: Chat) => boolean = () => true,
): Chat[] {
  const floor = findFloor(pages.at(-1)?.next ?? {});
  const shown = new Set(accountIds);
  const rows = [...newestOf(...pages.map((page) => page.chats), live).values()];
  return rows
    .filter((chat) => shown.has(chat.account_id) && (isOnTop(chat) || sortTime(chat) >= floor) && wants(chat))
    .map((chat) => withTick(chat, progress.get(chat.last_message_id ?? 0)))
    .sort(compareChats);
}

function withTick(chat: Chat, last: Progress | undefined): Chat {
  return last === undefined || last.seq < chat.seq ? chat : { ...chat, last_message_status: last.status };
}

function compareChats(one: Chat, other: Chat): number {
  if (isOnTop(one) !== isOnTop(other)) return isOnTop(one) ? -1 : 1;
  const [time, otherTime] = [sortTime(one), sortTime(other)];
  if (time === otherTime) return other.id - one.id;
  return time > otherTime ? -1 : 1;
}
