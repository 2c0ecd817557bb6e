/** The optimistic results of what is done with a message, and its reactions. */
import { t } from "@/i18n/translate";
import { firstShown } from "@/lib/texts";
import type { Message, Reaction } from "@/types/wire";

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
  readonly isOwn: boolean;
}

/** Each emoji once, with everyone who chose it. */
export function groupReactions(reactions: readonly Reaction[]): ReactionGroup[] {
  const groups = new Map<string, { value: string; names: string[]; isOwn: boolean }>();
  for (const { value, sender, is_own } of reactions) {
    const group = groups.get(plain(value)) ?? { value, names: [], isOwn: false };
    group.names.push(is_own ? t("messages.reactions.you") : (firstShown(sender.name) ?? t("messages.reactions.unknown")));
    group.isOwn ||= is_own;
    groups.set(plain(value), group);
  }
  return [...groups.values()];
}
