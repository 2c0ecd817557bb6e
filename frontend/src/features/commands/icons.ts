/** The icons of the commands: of their id, or of the first part of it that has one. */
import type { IconName } from "@/components/Icon";

const ICONS: Readonly<Record<string, IconName>> = {
  "app.search": "search",
  "app.undo": "undo",
  "app.help": "keyboard",
  "list.nextUnread": "unread",
  "list.newChat": "compose",
  "list.filter": "filter",
  "list.account": "phone",
  "chat.reply": "reply",
  "chat.take": "take",
  "chat.assign": "assign",
  "chat.finish": "done",
  "chat.category": "done",
  "chat.snooze": "snooze",
  "chat.note": "note",
  "chat.cannedReply": "cannedReply",
  "chat.macro": "automatic",
  "chat.shareDraft": "people",
  "chat.archive": "archive",
  "chat.unread": "unread",
  "chat.pin": "pin",
  "chat.mute": "mute",
  "message.copy": "copy",
  "message.edit": "edit",
  "message.delete": "trash",
  "go.inbox": "inbox",
  "go.numbers": "phone",
  "go.usage": "chart",
  "go.contacts": "people",
  "go.planned": "history",
  "go.ratings": "star",
  "go.reports": "reports",
  "go.audit": "audit",
  "go.settings": "settings",
  "go.system": "system",
  "settings.theme": "sun",
  "settings.language": "language",
  "settings.signOut": "logout",
  commands: "mute",
};

export function iconOf(id: string): IconName {
  const parts = id.split(".");
  const prefixes = parts.map((_, index) => parts.slice(0, parts.length - index).join("."));
  return prefixes.map((prefix) => ICONS[prefix]).find((icon) => icon !== undefined) ?? "forward";
}
