/** Groups the rows of a thread by day, and marks the messages that continue the one before. */
import { isSameDay } from "@/lib/time";
import { isSameWriter, type Bubble } from "@/features/inbox/thread/list/bubbles";
import { isItem, type Entry, type InternalItem } from "@/features/inbox/thread/list/internalItems";
import type { Range } from "./threadWindow";

const CLOSE_MS = 5 * 60_000;

export interface MessageRow {
  readonly bubble: Bubble;
  /** Whether it follows shortly after a message of the same sender. */
  readonly isContinued: boolean;
}

export type Row = MessageRow | { readonly item: InternalItem };

/** The line above the first unread message. */
export interface UnreadLine {
  readonly key: string;
  readonly count: number;
}

export interface Day {
  /** The same while messages of the day are added on either side. */
  readonly key: string;
  readonly at: string;
  readonly rows: readonly Row[];
}

function continues(bubble: Bubble, before: Entry): boolean {
  if (isItem(before) || before.isEvent || bubble.isEvent) return false;
  if (!isSameWriter(bubble, before)) return false;
  return new Date(bubble.orderedAt).getTime() - new Date(before.orderedAt).getTime() < CLOSE_MS;
}

/** An unsent message comes last, whatever this computer's clock says: its day may occur twice. */
function keyOf({ orderedAt }: Entry, days: readonly { readonly key: string }[]): string {
  const day = new Date(orderedAt).toDateString();
  return days.some(({ key }) => key === day) ? `${day} ${days.length}` : day;
}

function isNewDay(entry: Entry, before: Entry | undefined): boolean {
  return before === undefined || !isSameDay(before.orderedAt, entry.orderedAt);
}

/** The rows of a range by day. A message below the line for unread ones continues none. */
export function groupByDay(entries: readonly Entry[], { start, end }: Range, unread: UnreadLine | null = null): readonly Day[] {
  const days: { key: string; at: string; rows: Row[] }[] = [];
  entries.slice(start, end).forEach((entry, offset) => {
    const before = entries[start + offset - 1];
    const isFirst = isNewDay(entry, before);
    if (isFirst || days.length === 0) days.push({ key: keyOf(entry, days), at: entry.orderedAt, rows: [] });
    const mayContinue = !isFirst && entry.key !== unread?.key && before !== undefined;
    days.at(-1)?.rows.push(isItem(entry) ? { item: entry } : { bubble: entry, isContinued: mayContinue && continues(entry, before) });
  });
  return days;
}
