/** A message that the server has not confirmed yet. */
import type { Message } from "@/types/wire";

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
  /** The only file is a voice message recorded here. */
  readonly isVoice?: boolean;
  /** Upload progress of the files, from 0 to 1. */
  readonly share?: number;
  readonly createdAt: string;
  /** Why sending failed; null while it is on its way. */
  readonly error: string | null;
  /** Why it is delayed; it is retried automatically. */
  readonly waiting?: string | null;
  /** The browser could not store it: it is lost when the page is closed. */
  readonly isUnstored?: boolean;
}

/** The optional parts of a message besides its text. */
export type PendingExtras = Pick<Pending, "quoted" | "files" | "isVoice" | "seenSeq">;
