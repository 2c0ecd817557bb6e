/** Merges all versions of the messages, in any order, into one bubble each. */
import { t } from "@/i18n/translate";
import { isNewer, newestOf } from "@/lib/rows";
import { firstName, firstShown } from "@/lib/texts";
import type { Attachment, Author, Contact, Direction, Message, MessageStatus, Quoted, Reaction } from "@/types/wire";
import { contentOf } from "@/features/inbox/messages/content";
import { shownBody } from "@/features/inbox/thread/bubble/mentions";
import { isBefore } from "@/features/inbox/data/liveThreads";
import { contactKey, type Contacts } from "@/features/inbox/data/contacts";
import type { Pending } from "@/features/inbox/data/pending";

export interface Bubble {
  /** Stays the same from sending to the last delivery state. */
  readonly key: string;
  readonly direction: Direction;
  readonly status: MessageStatus;
  readonly body: string;
  readonly sentAt: string;
  /** The sort time, correct even if the sender's clock is ahead. */
  readonly orderedAt: string;
  readonly sender: { readonly id: string; readonly name: string; readonly avatar: string | null } | null;
  /** Who wrote an outgoing message, if it was not the user of this window and is known. */
  readonly author: Author | null;
  readonly isEvent: boolean;
  readonly isDeleted: boolean;
  readonly isEdited: boolean;
  readonly isForwarded: boolean;
  /** The scheduled time of a delayed message. */
  readonly scheduledAt: string | null;
  readonly quoted: Quoted | null;
  readonly error: string | null;
  readonly attachments: readonly Attachment[];
  readonly reactions: readonly Reaction[];
  /** The messages of an album, oldest first; absent if the bubble is one message. */
  readonly album?: readonly Message[];
  /** The row, once the server has it. */
  readonly message: Message | null;
  /** Set until the server has the message: it can be retried or discarded. */
  readonly pending: Pending | null;
}

/** Of both sides: the contact, or the author of an outgoing message. */
const writerOf = ({ direction, sender, author }: Bubble): string => [direction, sender?.id, author?.kind, author?.id].join();

export const isSameWriter = (one: Bubble, other: Bubble): boolean => writerOf(one) === writerOf(other);

/** All messages that a bubble shows, oldest first. */
export const messagesOf = ({ album, message }: Bubble): readonly Message[] => album ?? (message === null ? [] : [message]);

/** The first or last of the rows read so far. */
function findEnd(fetched: readonly Message[], isFurther: (row: Message, end: Message) => boolean): Message | null {
  return fetched.reduce<Message | null>((end, row) => (end === null || isFurther(row, end) ? row : end), null);
}

/** Which ends of the chat have not been read. */
export interface Open {
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

/** Whether a row lies within the range that was read, so that no row is missing next to it. */
function findRange(fetched: readonly Message[], { hasOlder, hasNewer }: Open): (row: Message) => boolean {
  const floor = hasOlder ? findEnd(fetched, isBefore) : null;
  const ceiling = hasNewer ? findEnd(fetched, (row, end) => isBefore(end, row)) : null;
  return (row) => (floor === null || !isBefore(row, floor)) && (ceiling === null || !isBefore(ceiling, row));
}

function nameSender(message: Message, contact: Contact | undefined): Bubble["sender"] {
  if (message.sender === null || message.direction === "out") return null;
  const { name, phone, avatar } = contact ?? message.sender;
  const id = contact?.provider_id ?? message.sender.provider_id;
  return { id, name: firstName(name, message.sender.name) ?? firstShown(phone, message.sender.phone) ?? t("messages.sender.unknown"), avatar: avatar ?? null };
}

/** Null also for a user or key that is no longer there. */
export function knownAuthor({ author, direction }: Message): Author | null {
  if (direction === "in" || author === null) return null;
  return author.name === null && (author.kind === "user" || author.kind === "api_key") ? null : author;
}

/** A user reads their own messages without their name. */
function authorOf(message: Message, ownId: number | null): Author | null {
  const author = knownAuthor(message);
  if (author === null) return null;
  return author.kind === "user" && author.id === ownId ? null : author;
}

interface CachedBubble {
  readonly bubble: Bubble;
  readonly contact: Contact | undefined;
}

/** The same row yields the same bubble object, so that a new message renders one bubble, not all of them. */
const bubbleCache = new WeakMap<Message, CachedBubble>();

function toBubble(message: Message, contacts: Contacts, ownId: number | null): Bubble {
  const contact = contacts.get(contactKey(message.account_id, message.sender?.provider_id ?? ""));
  const cached = bubbleCache.get(message);
  if (cached !== undefined && cached.contact === contact) return cached.bubble;
  const bubble = describe(message, contact, ownId);
  bubbleCache.set(message, { bubble, contact });
  return bubble;
}

function describe(message: Message, contact: Contact | undefined, ownId: number | null): Bubble {
  return {
    key: message.client_id ?? `m${message.id}`,
    direction: message.direction,
    status: message.status,
    body: shownBody(message),
    sentAt: message.sent_at,
    orderedAt: message.ordered_at,
    sender: nameSender(message, contact),
    author: authorOf(message, ownId),
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

/** A message as a reply quotes it. */
export function quote(message: Message): Quoted {
  return {
    message_id: message.id,
    provider_msg_id: message.provider_msg_id,
    sender_id: message.sender?.provider_id ?? null,
    name: firstName(message.sender?.name) ?? message.sender?.phone ?? null,
    direction: message.direction,
    body: message.body === null ? null : shownBody(message),
    content: contentOf(message),
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
    author: null,
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

/** A failed message that was deleted leaves no placeholder: no contact has seen it. */
const isDiscarded = ({ status, deleted_at }: Message): boolean => status === "failed" && deleted_at !== null;

/**
 * The thread, oldest first. A live row beyond the range that was read is left out while there is more to read on that
 * side: it would appear next to rows it does not follow. Unconfirmed messages come last, whatever this computer's clock
 * says.
 */
export function mergeBubbles(
  fetched: readonly Message[],
  live: Iterable<Message>,
  pending: readonly Pending[],
  open: Open,
  guesses: ReadonlyMap<number, Message> = new Map(),
  contacts: Contacts = new Map(),
  ownId: number | null = null,
): Bubble[] {
  const rows = [...newestOf(fetched, live).values()].filter(findRange(fetched, open));
  rows.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  const confirmed = new Set(rows.map((row) => row.client_id));
  const shown = rows.map((row) => preferGuess(row, guesses.get(row.id))).filter((row) => !isDiscarded(row));
  const waiting = open.hasNewer ? [] : pending.filter((entry) => !confirmed.has(entry.clientId));
  return [...shown.map((row) => toBubble(row, contacts, ownId)), ...waiting.map(toPendingBubble)];
}
