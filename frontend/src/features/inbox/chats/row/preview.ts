/** What a row shows of its chat's last message: an icon for its type, its length or name, and its text. */
import type { IconName } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { formatPhone } from "@/lib/phoneFormat";
import type { Chat, LastMessageContent } from "@/types/wire";
import { CONTENT_ICONS, CONTENT_LABELS, describeMedia } from "@/features/inbox/messages/content";
import { previewText } from "@/features/inbox/messages/previewText";

export interface RowPreview {
  readonly icon: IconName | null;
  readonly text: string;
  /** What the icon says, where the text does not. */
  readonly label: string | null;
  /** Who wrote in a group, by their first name. */
  readonly sender: string | null;
}

/** The first word of a name; a phone number stays whole. */
export const firstNameOf = (name: string): string => (/\p{L}/u.test(name) ? (name.trim().split(/\s+/u)[0] ?? name) : formatPhone(name));

type Parts = Pick<RowPreview, "text" | "label">;

function describeDeleted({ last_message_direction }: Chat): Parts {
  return { text: t(last_message_direction === "out" ? "chats.preview.ownDeleted" : "chats.preview.deleted"), label: null };
}

function describe(chat: Chat, content: LastMessageContent): Parts {
  if (content.kind === "deleted") return describeDeleted(chat);
  if (content.kind !== "text" && !content.has_text) return describeMedia(content, content.kind);
  const label = content.kind === "text" ? null : t(CONTENT_LABELS[content.kind]);
  return { text: previewText(chat.last_message_preview ?? ""), label };
}

export function previewOf(chat: Chat): RowPreview {
  const content = chat.last_message_content;
  if (content === null) return { icon: null, text: t("chats.preview.none"), label: null, sender: null };
  const sender = content.sender === null ? null : firstNameOf(content.sender);
  return { icon: CONTENT_ICONS[content.kind] ?? null, ...describe(chat, content), sender };
}
