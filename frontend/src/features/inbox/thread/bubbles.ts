/** One bubble for each message, whatever of it has come in so far, in whatever order. */
import { isNewer, newestOf } from "@/lib/rows";
import { firstName, firstShown } from "@/lib/texts";
import type { Attachment, Contact, Direction, Message, MessageStatus, Quoted, Reaction } from "@/types/wire";
import { shownBody } from "./mentions";
import { contactKey, type Contacts } from "@/features/inbox/data/contacts";
import type { Pending } from "@/features/inbox/data/pending";

export interface Bubble {
  /** Stays the same from the first keystroke's send to the last tick. */
  readonly key: string;
  readonly direction: Direction;
  readonly status: MessageStatus;
  readonly body: string;
  readonly sentAt: string;
  /** Where it stands among the others, also when the clock it was sent by is ahead. */
  readonly orderedAt: string;
  readonly sender: { readonly id: string; readonly name: string; readonly avatar: string | null } | null;
  readonly isEvent: boolean;
  readonly isDeleted: boolean;
  readonly isEdited: boolean;
  readonly isForwarded: boolean;
  /** When it goes out, if it has to wait its turn. */
  readonly scheduledAt: string | null;
  readonly quoted: Quoted | null;
  readonly error: string | null;
  readonly attachments: readonly Attachment[];
  readonly reactions: readonly Reaction[];
  /** The row itself, once the server knows it. */
  readonly message: Message | null;
  /** Set while the server does not know the message: it can be retried or discarded. */
  readonly pending: Pending | null;
}

/** Of the system events only a missed call, by voice (8) or video (9), is news to somebody. */
export const isListed = ({ is_event, event_type }: Message): boolean => !is_event || event_type === 8 || event_type === 9;

/** The newest message among these that came in, by its place in the order of arrival; null when there is none. */
export function findSeen(bubbles: readonly Bubble[]): number | null {
  const positions = bubbles.flatMap(({ message }) => (message?.direction === "in" ? [message.arrived_seq] : []));
  return positions.length === 0 ? null : positions.reduce((one, other) => Math.max(one, other));
}

function isBefore(one: Message, other: Message): boolean {
  return one.ordered_at === other.ordered_at ? one.id < other.id : one.ordered_at < other.ordered_at;
}

/** The row at one end of what was read so far. */
function findEnd(fetched: readonly Message[], isFurther: (row: Message, end: Message) => boolean): Message | null {
  return fetched.reduce<Message | null>((end, row) => (end === null || isFurther(row, end) ? row : end), null);
}

/** Which ends of the chat have not been read. */
export interface Open {
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Whether a row lies in the part of the chat that was read, so that nothing is missing next to it. */
function findRange(fetched: readonly Message[], { hasOlder, hasNewer }: Open): (row: Message) => boolean {
  const floor = hasOlder ? findEnd(fetched, isBefore) : null;
  const ceiling = hasNewer ? findEnd(fetched, (row, end) => isBefore(end, row)) : null;
  return (row) => (floor === null || !isBefore(row, floor)) && (ceiling === null || !isBefore(ceiling, row));
}

function nameSender(message: Message, contact: Contact | undefined): Bubble["sender"] {
  if (message.sender === null || message.direction === "out") return null;
  const { name, phone, avatar } = contact ?? message.sender;
  const id = contact?.provider_id ?? message.sender.provider_id;
  return { id, name: firstName(name, message.sender.name) ?? firstShown(phone, message.sender.phone) ?? "Unknown", avatar: avatar ?? null };
}

interface CachedBubble {
  readonly bubble: Bubble;
  readonly contact: Contact | undefined;
}

/** The same row gives the same bubble, so that a new message draws one bubble, not all of them. */
const bubbleCache = new WeakMap<Message, CachedBubble>();

function toBubble(message: Message, contacts: Contacts): Bubble {
  const contact = contacts.get(contactKey(message.account_id, message.sender?.provider_id ?? ""));
  const cached = bubbleCache.get(message);
  if (cached !== undefined && cached.contact === contact) return cached.bubble;
  const bubble = describe(message, contact);
  bubbleCache.set(message, { bubble, contact });
  return bubble;
}

function describe(message: Message, contact: Contact | undefined): Bubble {
  return {
    key: message.client_id ?? `m${message.id}`,
    direction: message.direction,
    status: message.status,
    body: shownBody(message),
    sentAt: message.sent_at,
    orderedAt: message.ordered_at,
    sender: nameSender(message, contact),
    isEvent: message.is_event,
    isDeleted: message.deleted_at !== null,
    isEdited: message.edited_at !== null,
    scheduledAt: message.status === "sending" ? message.scheduled_at : null,
    isForwarded: message.is_forwarded,
    quoted: message.quoted,
    error: message.error?.message ?? null,
    attachments: message.attachments,
    reactions: message.reactions,
    message,
    pending: null,
  };
}

/** A message as an answer to it shows it. */
export function quote(message: Message): Quoted {
  return {
    message_id: message.id,
    provider_msg_id: message.provider_msg_id,
    sender_id: message.sender?.provider_id ?? null,
    name: firstName(message.sender?.name) ?? message.sender?.phone ?? null,
    direction: message.direction,
    body: message.body === null ? null : shownBody(message),
  };
}

function toPendingBubble(pending: Pending): Bubble {
  return {
    key: pending.clientId,
    direction: "out",
    status: pending.error === null ? "sending" : "failed",
    body: pending.text,
    sentAt: pending.createdAt,
    orderedAt: pending.createdAt,
    sender: null,
    isEvent: false,
    isDeleted: false,
    isEdited: false,
    isForwarded: false,
    scheduledAt: null,
    quoted: pending.quoted ? quote(pending.quoted) : null,
    error: pending.error,
    attachments: [],
    reactions: [],
    message: null,
    pending,
  };
}

function preferGuess(row: Message, guess: Message | undefined): Message {
  return guess === undefined || isNewer(row, guess) ? row : guess;
}

/**
 * The thread, oldest first.
 *
 * A live row beyond what was read is left out while there is more to read on that side: shown now, it would
 * stand next to rows it does not follow. Unconfirmed messages stand last, whatever this computer's clock says.
 */
export function mergeBubbles(
  fetched: readonly Message[],
  live: Iterable<Message>,
  pending: readonly Pending[],
  open: Open,
  guesses: ReadonlyMap<number, Message> = new Map(),
  contacts: Contacts = new Map(),
): Bubble[] {
  const rows = [...newestOf(fetched, live).values()].filter(findRange(fetched, open));
  rows.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  const confirmed = new Set(rows.map((row) => row.client_id));
  const waiting = open.hasNewer ? [] : pending.filter((entry) => !confirmed.has(entry.clientId));
  return [...rows.map((row) => toBubble(preferGuess(row, guesses.get(row.id)), contacts)), ...waiting.map(toPendingBubble)];
}
