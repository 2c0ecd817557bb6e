/** The keys and the lines of the palette for status and owner of one chat. */
import { t } from "@/i18n/translate";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { useMe } from "@/lib/rights";
import type { Chat } from "@/types/wire";
import { close, reopen, take } from "./stateActions";
import { useStatusActions } from "./statusContext";

export function StatusCommands({ chat }: { readonly chat: Chat }) {
  const { run, ask } = useStatusActions();
  const user = useMe().data?.user;
  const isEnabled = chat.kind !== "channel";
  const isClosed = chat.status === "closed";
  useMappedCommand("chat.take", () => user !== undefined && run(chat, take(user, chat)), { isEnabled: isEnabled && user !== undefined && chat.assignee?.id !== user.id });
  useMappedCommand("chat.assign", () => ask({ kind: "assign", chat }), { isEnabled });
  useMappedCommand("chat.finish", () => run(chat, isClosed ? reopen() : close()), { isEnabled, label: t(isClosed ? "status.reopen" : "status.close") });
  useMappedCommand("chat.category", () => ask({ kind: "category", chat }), { isEnabled: isEnabled && !isClosed });
  useMappedCommand("chat.snooze", () => ask({ kind: "snooze", chat }), { isEnabled });
  return null;
}
