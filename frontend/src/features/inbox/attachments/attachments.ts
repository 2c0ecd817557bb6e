/** An attachment's kind, name and size in readable form. */
import { t } from "@/i18n/translate";
import { perLanguage } from "@/lib/perLanguage";
import type { Attachment, GeoLocation } from "@/types/wire";

export type AttachmentKind = "image" | "video" | "audio" | "file";

const KINDS: Readonly<Record<string, AttachmentKind>> = { img: "image", image: "image", video: "video", audio: "audio" };

/** The type detected from the first bytes takes precedence over the sender's. */
export function kindOf({ type, mimetype }: Attachment): AttachmentKind {
  const family = mimetype?.split("/")[0] ?? "";
  if (family === "image" || family === "video" || family === "audio") return mimetype === "image/svg+xml" ? "file" : family;
  return mimetype ? "file" : (KINDS[type] ?? "file");
}

/** Whether it is a picture or a video that is there or on its way; stickers have no background. */
export function isVisual(attachment: Attachment): boolean {
  const kind = kindOf(attachment);
  const isThere = attachment.state === "stored" || attachment.state === "waiting";
  return isThere && !attachment.sticker && (kind === "image" || kind === "video");
}

/** Whether it is drawn, so that the time may lie over it. */
export const isShownPicture = (attachment: Attachment): boolean => attachment.state === "stored" && isVisual(attachment);

const KIND_NAMES = { image: "messages.kind.image", video: "messages.kind.video", audio: "messages.kind.audio", file: "messages.kind.file" } as const;

export function nameAttachment(attachment: Attachment): string {
  if (attachment.sticker) return t("messages.kind.sticker");
  if (attachment.voice_note) return t("messages.kind.voice");
  return attachment.file_name ?? t(KIND_NAMES[kindOf(attachment)]);
}

const FILE_TYPE = /\.([a-z0-9]{1,5})$/i;

/** "PDF": the ending of the name. */
export const fileTypeOf = ({ file_name }: Attachment): string => FILE_TYPE.exec(file_name ?? "")?.[1]?.toUpperCase() ?? "";

/** "0:12 · 1.4 MB". */
export function describeFile({ duration, file_size }: Attachment): string {
  return [duration ? formatSeconds(duration) : "", file_size ? formatSize(file_size) : ""].filter(Boolean).join(" · ");
}

/** "-23.56141, -46.65588": five decimals are about one metre. */
export const formatPosition = ({ latitude, longitude }: GeoLocation): string => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** A link to a map page; nothing is loaded from it before the user opens it. */
export function mapUrl({ latitude, longitude }: GeoLocation): string {
  const [north, east] = [latitude.toFixed(6), longitude.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=16/${north}/${east}`;
}

const withDigits = (digits: number) => perLanguage((tag) => new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
const whole = withDigits(0);
const tenths = withDigits(1);

/** "1.4 MB", in the notation of the language. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${whole().format(bytes / 1000)} kB`;
  return `${tenths().format(bytes / 1_000_000)} MB`;
}

/** "1:05". */
export function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
