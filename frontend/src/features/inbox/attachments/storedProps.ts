/** The props of every view of a stored attachment. */
import type { Attachment, Message } from "@/types/wire";

export interface StoredProps {
  readonly message: Message;
  readonly attachment: Attachment;
  readonly id: string;
}
