/** An attachment's kind, name and size in readable form, and the limits on files to send. */
import type { Attachment, GeoLocation } from "@/types/wire";

export type AttachmentKind = "image" | "video" | "audio" | "file";

const KINDS: Readonly<Record<string, AttachmentKind>> = { img: "image", image: "image", video: "video", audio: "audio" };

/** The type detected from the first bytes takes precedence over the sender's. */
export function kindOf({ type, mimetype }: Attachment): AttachmentKind {
  const family = mimetype?.split("/")[0] ?? "";
  if (family === "image" || family === "video" || family === "audio") return mimetype === "image/svg+xml" ? "file" : family;
  return mimetype ? "file" : (KINDS[type] ?? "file");
}

const KIND_NAMES: Readonly<Record<AttachmentKind, string>> = { image: "Photo", video: "Video", audio: "Audio", file: "File" };

export function nameAttachment(attachment: Attachment): string {
  if (attachment.sticker) return "Sticker";
  if (attachment.voice_note) return "Voice message";
  return attachment.file_name ?? KIND_NAMES[kindOf(attachment)];
}

/** "-23.56141, -46.65588": five decimals are about one metre. */
export const formatPosition = ({ latitude, longitude }: GeoLocation): string => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** A link to a map page; nothing is loaded from it before the user opens it. */
export function mapUrl({ latitude, longitude }: GeoLocation): string {
  const [north, east] = [latitude.toFixed(6), longitude.toFixed(6)];
  return `https://www.openstreetmap.org/?mlat=${north}&mlon=${east}#map=16/${north}/${east}`;
}

/** "1.4 MB". */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** "1:05". */
export function formatSeconds(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export interface Limits {
  readonly max_bytes: number;
  readonly max_files: number;
}

export interface Picked {
  readonly key: string;
  readonly file: File;
}

/** The picked files that can be sent, and a sentence about the others. */
export function pick(known: readonly Picked[], files: readonly File[], limits: Limits): [Picked[], string | null] {
  const problems: string[] = [];
  const fitting = files.filter((file) => {
    if (file.size === 0) problems.push(`${file.name} is empty.`);
    else if (file.size > limits.max_bytes) problems.push(`${file.name} is larger than ${formatSize(limits.max_bytes)}.`);
    else return true;
    return false;
  });
  const room = limits.max_files - known.length;
  if (fitting.length > room) problems.push(`At most ${limits.max_files} files can be sent at once.`);
  const taken = fitting.slice(0, Math.max(0, room)).map((file) => ({ key: crypto.getRandomValues(new Uint32Array(2)).join("-"), file }));
  return [[...known, ...taken], problems.length === 0 ? null : problems.join(" ")];
}
