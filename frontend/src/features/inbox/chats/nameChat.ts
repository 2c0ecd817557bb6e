/** What a chat is called. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import type { Chat, ChatKind } from "@/types/wire";

export const NAMELESS: Readonly<Record<ChatKind, MessageId>> = { direct: "chats.nameless.direct", group: "chats.nameless.group", channel: "chats.nameless.channel" };

export function nameChat(chat: Chat): string {
  return formatPhoneOrNull(firstShown(chat.title, chat.contact?.name, chat.contact?.phone)) ?? t(NAMELESS[chat.kind]);
}
