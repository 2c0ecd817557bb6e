/** Pages of chats of several numbers, merged into one list that is newest first. */
import { newestOf } from "@/lib/rows";
import type { Chat, Page } from "@/types/wire";
import type { Progress } from "@/features/inbox/data/store";

/** Where reading goes on: for each number with more to read, the cursor and the oldest chat read so far. */
export type ChatPosition = Readonly<Record<number, { readonly cursor: string | null; readonly floor: string }>>;

export interface ChatPage {
  readonly chats: readonly Chat[];
  readonly next: ChatPosition;
}

type ListChats = (accountId: number, cursor: string | null) => Promise<Page<Chat>>;

/** Newer than everything: a number of which nothing has been read comes first. */
const TOP = "\uffff";

export const sortTime = (chat: Chat): string => chat.last_message_at ?? chat.created_at;

export function firstPosition(accountIds: readonly number[]): ChatPosition {
  return Object.fromEntries(accountIds.map((id) => [id, { cursor: null, floor: TOP }]));
}

export const isBeginning = (position: ChatPosition): boolean =>
  Object.values(position).every(({ cursor }) => cursor === null);

/** The time down to which the merged list is complete; "" when all is read. */
export function findFloor(position: ChatPosition): string {
  return Object.values(position).reduce((top, { floor }) => (floor > top ? floor : top), "");
}

export function hasMore(position: ChatPosition): boolean {
  return Object.keys(position).length > 0;
}

/** Read on where the list ends: only the numbers that hold it back. */
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

/** All pinned chats of a number: a handful, wherever they would stand by their age. */
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

/** The list's beginning: the newest chats, and the pinned ones that stand above them. */
export async function fetchFirstPage(
  position: ChatPosition,
  listChats: ListChats,
  listPinned: ListChats,
): Promise<ChatPage> {
  const pinned = Object.keys(position).map((key) => fetchPinned(Number(key), listPinned));
  const [page, ...rows] = await Promise.all([fetchChatPage(position, listChats), ...pinned]);
  return { ...page, chats: [...rows.flat(), ...page.chats] };
}

/** Which chats are asked for; "all" leaves out what is archived, as the phone does. */
export type ChatFilter = "all" | "unread" | "groups" | "archived";

const FILTERS: Readonly<Record<ChatFilter, (chat: Chat) => boolean>> = {
  all: (chat) => !chat.archived,
  unread: (chat) => !chat.archived && chat.unread_count > 0,
  groups: (chat) => !chat.archived && chat.kind === "group",
  archived: (chat) => chat.archived,
};

export const isShown = (chat: Chat, filter: ChatFilter): boolean => FILTERS[filter](chat);

/** What is archived lies where its age puts it: a pin holds in the list only. */
const isOnTop = (chat: Chat): boolean => chat.pinned && !chat.archived;

/** The list to show: pinned first, then newest first, only down to where it is complete, only of these numbers. */
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
