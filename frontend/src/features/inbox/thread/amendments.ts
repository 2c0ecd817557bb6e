/** What can be done with a message, and its optimistic result. */
import { firstShown } from "@/lib/texts";
import type { Message, Reaction } from "@/types/wire";

/** WhatsApp allows edits for 15 minutes. */
const EDIT_MS = 15 * 60_000;

const isAtWhatsApp = (message: Message): boolean =>
  message.provider_msg_id !== null && message.deleted_at === null && !message.is_event;

export const canAnswer = isAtWhatsApp;

export const canDelete = (message: Message): boolean => isAtWhatsApp(message) && message.direction === "out";

export function canEdit(message: Message, now = Date.now()): boolean {
  return canDelete(message) && (message.body ?? "") !== "" && now - new Date(message.sent_at).getTime() < EDIT_MS;
}

export function guessEdit(message: Message, text: string): Message {
  return { ...message, body: text, edited_at: new Date().toISOString() };
}

export function guessDeletion(message: Message): Message {
  return { ...message, body: null, attachments: [], reactions: [], deleted_at: new Date().toISOString() };
}

export function guessReaction(message: Message, value: string | null): Message {
  const others = message.reactions.filter((reaction) => !reaction.is_own);
  const own: Reaction[] = value === null ? [] : [{ value, sender: { provider_id: "", name: null }, is_own: true }];
  return { ...message, reactions: [...others, ...own] };
}

export function guessFetch(message: Message, attachmentId: string): Message {
  const attachments = message.attachments.map((item) =>
    item.id === attachmentId ? { ...item, state: "waiting" as const, error: null } : item,
  );
  return { ...message, attachments };
}

/** WhatsApp appends a variation selector to some emoji, and drops it when reporting reactions. */
const plain = (value: string): string => value.replaceAll("\ufe0f", "");

export const isSameEmoji = (one: string, other: string): boolean => plain(one) === plain(other);

export interface ReactionGroup {
  readonly value: string;
  readonly names: readonly string[];
}

/** Each emoji once, with everyone who chose it. */
export function groupReactions(reactions: readonly Reaction[]): ReactionGroup[] {
  const groups = new Map<string, { value: string; names: string[] }>();
  for (const { value, sender, is_own } of reactions) {
    const group = groups.get(plain(value)) ?? { value, names: [] };
    group.names.push(is_own ? "You" : (firstShown(sender.name) ?? "Unknown"));
    groups.set(plain(value), group);
  }
  return [...groups.values()];
}
