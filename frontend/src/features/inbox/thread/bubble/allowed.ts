/** What can be done with a message. */
import type { Message } from "@/types/wire";

/** WhatsApp allows edits for 15 minutes. */
const EDIT_MS = 15 * 60_000;

const isAtWhatsApp = (message: Message): boolean =>
  message.provider_msg_id !== null && message.deleted_at === null && !message.is_event;

export const canAnswer = isAtWhatsApp;

export const canDelete = (message: Message): boolean => isAtWhatsApp(message) && message.direction === "out";

export function canEdit(message: Message, now = Date.now()): boolean {
  return canDelete(message) && (message.body ?? "") !== "" && now - new Date(message.sent_at).getTime() < EDIT_MS;
}
