/** A message that the server has not confirmed yet. */
import type { Activity, Message } from "@/types/wire";

/** What colleagues did in a chat after what the writer of a message had seen. */
export interface NewerItems {
  readonly messages: readonly Message[];
  readonly activities: readonly Activity[];
}

/** The same as it is stored: without the text of a message, which may be erased. */
export interface HeldBy {
  readonly messages: readonly Pick<Message, "id" | "author">[];
  readonly activities: readonly Activity[];
}

/** What an unsent note has besides a message. */
export interface PendingNote {
  readonly mentions: readonly { readonly id: number; readonly name: string }[];
  /** The role that mentioned users without access get. */
  readonly grant?: "agent" | "viewer" | undefined;
}

export interface Pending {
  readonly clientId: string;
  readonly accountId: number;
  readonly chatId: number;
  readonly text: string;
  /** The newest `arrived_seq` its author had seen; absent in entries of an earlier version. */
  readonly seenSeq?: number;
  /** The message it replies to. */
  readonly quoted?: Message | null;
  readonly files?: readonly File[];
  /** Set in a note, which is never sent to the contact. */
  readonly note?: PendingNote;
  /** The only file is a voice message recorded here. */
  readonly isVoice?: boolean;
  /** Upload progress of the files, from 0 to 1. */
  readonly share?: number;
  readonly createdAt: string;
  /** Why sending failed; null while it is on its way. */
  readonly error: string | null;
  /** Why it is delayed; it is retried automatically. */
  readonly waiting?: string | null;
  /** Why it was held; null or absent if it was not. */
  readonly held?: HeldBy | null;
  /** It was held, and is sent all the same. */
  readonly isReleased?: boolean;
  /** The browser could not store it: it is lost when the page is closed. */
  readonly isUnstored?: boolean;
}

/** The optional parts of a message besides its text. */
export type PendingExtras = Pick<Pending, "quoted" | "files" | "isVoice" | "seenSeq">;

export const isHeld = ({ held }: Pending): boolean => held !== null && held !== undefined;
