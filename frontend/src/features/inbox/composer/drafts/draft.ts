/** One draft: its parts, and how it is read back from the browser's storage. */
import type { Message } from "@/types/wire";
import { canEdit } from "@/features/inbox/thread/bubble/allowed";

/** A file of a draft; its bytes are in `DraftFiles` under its key. */
export interface DraftFile {
  readonly key: string;
  readonly name: string;
  readonly caption: string;
  /** The length of a voice message recorded here; absent for other files. */
  readonly seconds?: number;
}

/** The text of a message that is being edited. */
export interface DraftEdit {
  readonly message: Message;
  readonly text: string;
}

/** A note for the team, beside what is written to the contact. */
export interface DraftNote {
  readonly text: string;
  readonly mentions: readonly { readonly id: number; readonly name: string }[];
}

export interface Draft {
  readonly accountId: number;
  readonly text: string;
  readonly caret: readonly [number, number];
  /** The message it replies to. */
  readonly quoted: Message | null;
  readonly edit: DraftEdit | null;
  readonly files: readonly DraftFile[];
  readonly note: DraftNote | null;
  /** Whether colleagues see its text. */
  readonly isShared: boolean;
  /** When its text, its quote or its sharing was last changed, by the server's clock once it is saved there; 0: before drafts were saved. */
  readonly writtenAt: number;
  /** Whether the server has this text and quote. */
  readonly isSaved: boolean;
}

export const NO_DRAFT: Draft = { accountId: 0, text: "", caret: [0, 0], quoted: null, edit: null, files: [], note: null, isShared: false, writtenAt: 0, isSaved: true };

export const isEmptyDraft = ({ text, quoted, edit, files, note }: Draft): boolean =>
  text === "" && quoted === null && edit === null && files.length === 0 && note === null;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isMessage = (value: unknown): value is Message => isRecord(value) && typeof value.id === "number";

const isFile = (value: unknown): value is DraftFile =>
  isRecord(value) && ["key", "name", "caption"].every((name) => typeof value[name] === "string");

function readCaret(value: unknown, end: number): Draft["caret"] {
  const at: unknown[] = Array.isArray(value) ? value : [];
  return at.length === 2 && at.every((one) => typeof one === "number") ? (at as [number, number]) : [end, end];
}

/** An edit is dropped once WhatsApp no longer accepts it. */
function readEdit(value: unknown): DraftEdit | null {
  if (!isRecord(value) || !isMessage(value.message) || typeof value.text !== "string") return null;
  return canEdit(value.message) ? { message: value.message, text: value.text } : null;
}

const isNamed = (value: unknown): value is DraftNote["mentions"][number] =>
  isRecord(value) && typeof value.id === "number" && typeof value.name === "string";

function readNote(value: unknown): DraftNote | null {
  if (!isRecord(value) || typeof value.text !== "string") return null;
  return { text: value.text, mentions: Array.isArray(value.mentions) ? value.mentions.filter(isNamed) : [] };
}

function parse(stored: string): unknown {
  try {
    return JSON.parse(stored) as unknown;
  } catch {
    return null;
  }
}

/** Whatever an earlier version or another program wrote there, the result is a draft. */
export function readDraft(stored: string | null): Draft {
  const value = stored === null ? null : parse(stored);
  if (!isRecord(value)) return NO_DRAFT;
  const text = typeof value.text === "string" ? value.text : "";
  return {
    accountId: typeof value.accountId === "number" ? value.accountId : 0,
    text,
    caret: readCaret(value.caret, text.length),
    quoted: isMessage(value.quoted) ? value.quoted : null,
    edit: readEdit(value.edit),
    files: Array.isArray(value.files) ? value.files.filter(isFile) : [],
    writtenAt: typeof value.writtenAt === "number" ? value.writtenAt : 0,
    isSaved: value.isSaved === true,
    isShared: value.isShared === true,
    note: readNote(value.note),
  };
}
