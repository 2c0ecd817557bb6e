/** The keys of all actions: what the help shows, and what the components that offer them register. */
import type { MessageId } from "@/i18n/ids";
import type { CommandGroup } from "./registry";

interface MapEntry {
  readonly group: CommandGroup;
  readonly keys: readonly string[];
  readonly label: MessageId;
  /** Moving, and what the palette itself would do: not in the palette. */
  readonly isListed?: false;
}

const KEYS = {
  "app.palette": { group: "help", keys: ["Ctrl+k"], label: "commands.name.palette", isListed: false },
  "app.search": { group: "help", keys: ["/"], label: "commands.name.search" },
  "app.undo": { group: "help", keys: ["z"], label: "commands.name.undo" },
  "app.help": { group: "help", keys: ["?"], label: "commands.name.help" },
  "list.next": { group: "list", keys: ["j"], label: "commands.name.next", isListed: false },
  "list.previous": { group: "list", keys: ["k"], label: "commands.name.previous", isListed: false },
  "list.nextUnread": { group: "list", keys: ["n"], label: "commands.name.nextUnread" },
  "list.mine": { group: "list", keys: ["g m"], label: "commands.name.mine" },
  "list.unassigned": { group: "list", keys: ["g q"], label: "commands.name.unassigned" },
  "list.all": { group: "list", keys: ["g l"], label: "commands.name.all" },
  "list.waiting": { group: "list", keys: ["g w"], label: "commands.name.waiting" },
  "list.due": { group: "list", keys: ["g d"], label: "commands.name.due" },
  "list.newChat": { group: "list", keys: ["c"], label: "commands.name.newChat" },
  "chat.reply": { group: "chat", keys: ["r"], label: "commands.name.reply" },
  "chat.take": { group: "chat", keys: ["i"], label: "commands.name.take" },
  "chat.assign": { group: "chat", keys: ["a"], label: "commands.name.assign" },
  "chat.finish": { group: "chat", keys: ["e"], label: "commands.name.finish" },
  "chat.category": { group: "chat", keys: ["Shift+e"], label: "commands.name.category" },
  "chat.snooze": { group: "chat", keys: ["h"], label: "commands.name.snooze" },
  "chat.note": { group: "chat", keys: ["Shift+n"], label: "commands.name.note" },
  "chat.archive": { group: "chat", keys: ["y"], label: "commands.name.archive" },
  "chat.label": { group: "chat", keys: ["l"], label: "commands.name.label" },
  "chat.select": { group: "chat", keys: ["x"], label: "commands.name.select" },
  "chat.cannedReply": { group: "chat", keys: ["q"], label: "commands.name.cannedReply" },
  "chat.macro": { group: "chat", keys: ["Shift+m"], label: "commands.name.macro" },
  "chat.shareDraft": { group: "chat", keys: ["Shift+d"], label: "commands.name.shareDraft" },
  "chat.unread": { group: "chat", keys: ["u"], label: "commands.name.unread" },
  "chat.pin": { group: "chat", keys: ["p"], label: "commands.name.pin" },
  "chat.mute": { group: "chat", keys: ["m"], label: "commands.name.mute" },
  "chat.details": { group: "chat", keys: ["d"], label: "commands.name.details" },
  "chat.close": { group: "chat", keys: ["Escape"], label: "commands.name.close", isListed: false },
  "go.inbox": { group: "navigation", keys: ["g i"], label: "commands.name.inbox" },
  "go.numbers": { group: "navigation", keys: ["g n"], label: "commands.name.numbers" },
  "go.usage": { group: "navigation", keys: ["g u"], label: "commands.name.usage" },
  "go.contacts": { group: "navigation", keys: ["g c"], label: "commands.name.contacts" },
  "go.planned": { group: "navigation", keys: ["g p"], label: "commands.name.planned" },
  "go.ratings": { group: "navigation", keys: ["g f"], label: "commands.name.ratings" },
  "go.reports": { group: "navigation", keys: ["g r"], label: "commands.name.reports" },
  "go.audit": { group: "navigation", keys: ["g a"], label: "commands.name.audit" },
  "go.settings": { group: "navigation", keys: ["g s"], label: "commands.name.settings" },
} as const satisfies Readonly<Record<string, MapEntry>>;

export type MappedId = keyof typeof KEYS;

export const KEY_MAP: Readonly<Record<MappedId, MapEntry>> = KEYS;

export const MAPPED_IDS = Object.keys(KEYS) as readonly MappedId[];
