/** What a notification says, and where it leads. */
import { t } from "@/i18n/translate";
import { firstShown } from "@/lib/texts";
import { formatUntil } from "@/lib/time";
import type { Notification, NotificationEvent } from "@/types/wire";

export function describeKind(kind: NotificationEvent): string {
  return t(`notifications.kind.${kind}`);
}

/** Where it is about something of a chat, the chat, at the message if there is one. */
function pathOf({ account_id, chat_id, message_id }: Notification): string {
  if (chat_id === null) return "/connections";
  return `/inbox/${account_id}/${chat_id}${message_id === null ? "" : `#message-${message_id}`}`;
}

/** Which promise is at risk, and when it is breached. */
function describePromise({ target }: Notification): string | null {
  return target === null ? null : t(`targets.notify.${target.kind}`, { time: formatUntil(target.due_at) });
}

export function describeLine(line: Notification) {
  const title = firstShown(line.title) ?? describeKind(line.kind);
  const body = describePromise(line) ?? firstShown(line.preview) ?? describeKind(line.kind);
  return { title, body, path: pathOf(line) };
}
