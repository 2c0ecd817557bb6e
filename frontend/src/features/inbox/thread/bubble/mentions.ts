/** Replaces the ids of mentioned contacts with their names. */
import type { Mention, Message } from "@/types/wire";

const TOKEN = /(?<![\p{L}\p{N}])@(\d{5,20})(?!\d)/gu;

/** The text with `@Bia Lima` for `@120000000000001`, where the contact is known. */
export function nameMentions(body: string, mentions: readonly Mention[] = []): string {
  if (mentions.length === 0) return body;
  const names = new Map(mentions.map(({ provider_id, name, phone }) => [provider_id.split("@")[0], name ?? phone]));
  return body.replace(TOKEN, (token, digits: string) => {
    const name = names.get(digits) ?? null;
    return name === null ? token : `@${name}`;
  });
}

export const shownBody = ({ body, mentions }: Pick<Message, "body" | "mentions">): string => nameMentions(body ?? "", mentions);
