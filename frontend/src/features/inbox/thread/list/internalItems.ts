/** What the team sees between the messages of a thread and the contact does not: notes, and what colleagues did. */
import type { Activity, Note } from "@/types/wire";
import type { Pending } from "@/features/inbox/data/pending";
import type { Bubble } from "./bubbles";

/** What it shows. */
export type Shown =
  | { readonly kind: "note"; readonly note: Note }
  | { readonly kind: "unsentNote"; readonly pending: Pending }
  | { readonly kind: "activity"; readonly activity: Activity }
  /** The beginning of a conversation, above its first message. */
  | { readonly kind: "conversation" };

export interface InternalItem {
  /** Different from the keys of all bubbles. */
  readonly key: string;
  readonly orderedAt: string;
  /** Written here and not confirmed yet: it comes last, and is scrolled to. */
  readonly isUnsent: boolean;
  readonly shown: Shown;
}

/** One row of a thread. */
export type Entry = Bubble | InternalItem;

export const isItem = (entry: Entry): entry is InternalItem => "shown" in entry;

const isUnsent = (entry: Entry): boolean => (isItem(entry) ? entry.isUnsent : entry.pending !== null);

interface Ends {
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

const byTime = (one: InternalItem, other: InternalItem): number => {
  if (one.orderedAt === other.orderedAt) return one.key < other.key ? -1 : 1;
  return one.orderedAt < other.orderedAt ? -1 : 1;
};

const isAbove = (item: InternalItem, bubble: Bubble): boolean =>
  item.orderedAt < bubble.orderedAt || (item.orderedAt === bubble.orderedAt && item.shown.kind === "conversation");

/** Places the items by time among the messages that were read; where more can be read, none lies beyond them. */
export function placeItems(bubbles: readonly Bubble[], items: readonly InternalItem[], { hasOlder, hasNewer }: Ends): readonly Entry[] {
  if (items.length === 0) return bubbles;
  const sent = bubbles.filter((bubble) => !isUnsent(bubble));
  const floor = hasOlder ? sent[0]?.orderedAt : undefined;
  const ceiling = hasNewer ? sent.at(-1)?.orderedAt : undefined;
  const isWithin = ({ orderedAt }: InternalItem) => (floor === undefined || orderedAt >= floor) && (ceiling === undefined || orderedAt <= ceiling);
  const waiting = items.filter((item) => !item.isUnsent && isWithin(item)).sort(byTime);
  const placed: Entry[] = [];
  for (const bubble of sent) {
    while (waiting[0] !== undefined && isAbove(waiting[0], bubble)) placed.push(...waiting.splice(0, 1));
    placed.push(bubble);
  }
  const unsent = hasNewer ? [] : [...bubbles.filter(isUnsent), ...items.filter((item) => item.isUnsent)];
  return [...placed, ...waiting, ...unsent.sort((one, other) => (one.orderedAt < other.orderedAt ? -1 : 1))];
}

/** Of the notes: their numbers in the account's feed. */
export const seqsOf = (items: readonly InternalItem[]): number[] => items.flatMap(({ shown }) => (shown.kind === "note" ? [shown.note.seq] : []));

/** The last entry that was written here and is not confirmed yet. */
export function ownKeyOf(entries: readonly Entry[]): string | undefined {
  const last = entries.at(-1);
  return last !== undefined && isUnsent(last) ? last.key : undefined;
}

/** The messages in a view that begins and ends with these rows. */
export function messagesInView(entries: readonly Entry[], first: string | null, last: string | null): readonly [string | null, string | null] {
  const [from, to] = [first, last].map((key) => entries.findIndex((entry) => entry.key === key));
  if (from === undefined || to === undefined || from < 0 || to < 0) return [null, null];
  const shown = entries.slice(from, to + 1).filter((entry) => !isItem(entry));
  return [shown[0]?.key ?? null, shown.at(-1)?.key ?? null];
}
