/** What a message is, in words and with an icon: for its row in the list, and where it is quoted. */
import type { IconName } from "@/components/Icon";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { Attachment, Message, MessageContent } from "@/types/wire";

type Kind = MessageContent["kind"];

export const CONTENT_ICONS: Readonly<Partial<Record<Kind, IconName>>> = {
  photo: "image",
  video: "video",
  voice: "mic",
  audio: "volume",
  sticker: "sticker",
  file: "file",
  location: "place",
  contact: "person",
};

export const CONTENT_LABELS: Readonly<Record<Exclude<Kind, "text" | "deleted">, MessageId>> = {
  photo: "chats.preview.photo",
  video: "chats.preview.video",
  voice: "chats.preview.voice",
  audio: "chats.preview.audio",
  sticker: "chats.preview.sticker",
  file: "chats.preview.file",
  location: "chats.preview.location",
  contact: "chats.preview.contact",
  unsupported: "chats.preview.unsupported",
};

/** Their name says what they are. */
const NAMED: readonly Kind[] = ["file", "location", "contact"];

/** "0:07", "12:30", "1:05:00". */
export function formatLength(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const shown = hours > 0 ? [hours, String(minutes).padStart(2, "0")] : [minutes];
  return [...shown, String(rest).padStart(2, "0")].join(":");
}

/** Its length or name, else what it is; `label` says what the icon shows. */
export function describeMedia(content: MessageContent, kind: keyof typeof CONTENT_LABELS): { readonly text: string; readonly label: string | null } {
  const label = t(CONTENT_LABELS[kind]);
  if (content.duration !== null) return { text: formatLength(content.duration), label };
  return NAMED.includes(kind) && content.name !== null ? { text: content.name, label } : { text: label, label: null };
}

const OF_TYPES: Readonly<Record<string, Kind>> = { img: "photo", video: "video", audio: "audio", location: "location", contact: "contact" };

function kindOf(item: Attachment): Kind {
  if (item.sticker) return "sticker";
  return item.voice_note ? "voice" : (OF_TYPES[item.type] ?? "file");
}

const nameOf = ({ location, contacts, file_name }: Attachment): string | null => location?.name ?? contacts?.[0]?.name ?? file_name;

/** As the server tells it of a message that is quoted. */
export function contentOf({ deleted_at, attachments: [item], body }: Message): MessageContent {
  if (deleted_at !== null) return { kind: "deleted", name: null, duration: null };
  if (item === undefined) return { kind: (body ?? "") === "" ? "unsupported" : "text", name: null, duration: null };
  return { kind: kindOf(item), name: nameOf(item), duration: item.duration };
}
