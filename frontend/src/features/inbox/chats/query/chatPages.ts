/** Merges the chat pages of several accounts into one list, newest first. */
import { newestOf } from "@/lib/rows";
import type { Chat, Page } from "@/types/wire";
import { withGuess, type Guessed } from "@/features/inbox/data/chatGuesses";
import type { Progress } from "@/features/inbox/data/store";

/** Where to continue reading: for each account with more chats, the cursor and the oldest chat read so far. */
export type ChatPosition = Readonly<Record<number, { readonly cursor: string | null; readonly floor: string }>>;

export interface ChatPage {
  readonly chats: readonly Chat[];
  readonly next: ChatPosition;
}

/** The newest message first, whose contact waits longest, or whose target is breached next; without those who have none. */
export type ChatSort = "recent" | "waiting" | "due";

type ListChats = (accountId: number, cursor: string | null) => Promise<Page<Chat>>;

/** Newer than every time: an account that was not read yet comes first. */
const TOP = "\uffff";

export const sortTime = (chat: Chat): string => chat.last_message_at ?? chat.created_at;

/** An earlier time becomes a greater text. */
const turned = (time: string): string => time.replace(/\d/g, (digit) => String(9 - Number(digit)));

/** Where a chat stands in the list: the greater comes first. */
function placeOf(chat: Chat, sort: ChatSort): string {
  if (sort === "recent") return sortTime(chat);
  const time = orderedBy(chat, sort);
  return time === null ? "" : turned(time);
}

/** The time that a list is ordered by, earliest first; without it a chat is not in the list. */
export const orderedBy = (chat: Chat, sort: Exclude<ChatSort, "recent">): string | null => (sort === "waiting" ? chat.waiting_since : (chat.target?.due_at ?? null));

export function firstPosition(accountIds: readonly number[]): ChatPosition {
  return Object.fromEntries(accountIds.map((id) => [id, { cursor: null, floor: TOP }]));
}

export const isBeginning = (position: ChatPosition): boolean =>
  Object.values(position).every(({ cursor }) => cursor === null);

/** The place down to which the merged list is complete; "" when everything is read. */
export function findFloor(position: ChatPosition): string {
  return Object.values(position).reduce((top, { floor }) => (floor > top ? floor : top), "");
}

export function hasMore(position: ChatPosition): boolean {
  return Object.keys(position).length > 0;
}

/** Reads the next page, only of the accounts that limit the list. */
export async function fetchChatPage(position: ChatPosition, listChats: ListChats, sort: ChatSort = "recent"): Promise<ChatPage> {
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
    const floor = page.items.map((chat) => placeOf(chat, sort)).reduce((low, place) => (place < low ? place : low), position.floor);
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

export const FILTER_NAMES = ["all", "unread", "groups", "archived"] as const satisfies readonly ChatFilter[];

export const parseFilter = (text: string | null): ChatFilter => FILTER_NAMES.find((filter) => filter === text) ?? "all";

export const isShown = (chat: Chat, filter: ChatFilter): boolean => FILTERS[filter](chat);

/** Archived chats are sorted by age: pins apply only outside the archive. Who waits longest, or is due next, is above what is pinned. */
const isOnTop = (chat: Chat, sort: ChatSort): boolean => sort === "recent" && chat.pinned && !chat.archived;

/** All loaded rows of these accounts, with their newest version, delivery state and unconfirmed changes. */
export function collectChats(
  pages: readonly ChatPage[],
  live: Iterable<Chat>,
  accountIds: readonly number[],
  progress: ReadonlyMap<number, Progress> = new Map(),
  guessed: Guessed = new Map(),
): ReadonlyMap<number, Chat> {
  const shown = new Set(accountIds);
  const rows = [...newestOf(...pages.map((page) => page.chats), live).values()].filter((chat) => shown.has(chat.account_id));
  const current = (chat: Chat) => withGuess(withTick(chat, progress.get(chat.last_message_id ?? 0)), guessed);
  return new Map(rows.map((chat) => [chat.id, current(chat)]));
}

/** The list to show: pinned first, then in its order, down to the place where it is complete. */
export function sortChats(chats: Iterable<Chat>, floor: string, wants: (chat: Chat) => boolean = () => true, sort: ChatSort = "recent"): Chat[] {
  return [...chats].filter((chat) => (isOnTop(chat, sort) || placeOf(chat, sort) >= floor) && wants(chat)).sort((one, other) => compareChats(one, other, sort));
}

function withTick(chat: Chat, last: Progress | undefined): Chat {
  return last === undefined || last.seq < chat.seq ? chat : { ...chat, last_message_status: last.status };
}

function compareChats(one: Chat, other: Chat, sort: ChatSort): number {
  if (isOnTop(one, sort) !== isOnTop(other, sort)) return isOnTop(one, sort) ? -1 : 1;
  const [place, otherPlace] = [placeOf(one, sort), placeOf(other, sort)];
  if (place === otherPlace) return sort === "recent" ? other.id - one.id : one.id - other.id;
  return place > otherPlace ? -1 : 1;
}
