/** The commands for one chat: that of the focused row, else the open one. */
import { t } from "@/i18n/translate";
import { useCommand } from "@/lib/commands/context";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import type { Chat } from "@/types/wire";
import { LabelCommand } from "@/features/inbox/labels/LabelCommand";
import { lazyPart } from "@/lib/lazyPart";
import { useChat } from "@/features/inbox/queries";
import { SelectCommand } from "@/features/inbox/selection/SelectCommand";
import { ALWAYS, archive, inHours, isMuted, mute, pin, toggleRead } from "./chatActions";
import { useChatActions } from "./useChatActions";

const StatusCommands = lazyPart(async () => (await import("@/features/inbox/status/StatusCommands")).StatusCommands, { isExtra: true });

const MacroCommands = lazyPart(async () => (await import("@/features/inbox/macros/MacroCommands")).MacroCommands, { isExtra: true });

export function ChatCommands({ chat }: { readonly chat: Chat }) {
  const run = useChatActions();
  const isQuiet = isMuted(chat);
  useMappedCommand("chat.archive", () => run(chat, archive(chat)), { label: t(chat.archived ? "commands.chat.unarchive" : "commands.chat.archive") });
  useMappedCommand("chat.unread", () => run(chat, toggleRead(chat)), {
    label: t(chat.unread_count > 0 ? "commands.chat.read" : "commands.chat.unread"),
    isEnabled: chat.kind !== "channel",
  });
  useMappedCommand("chat.pin", () => run(chat, pin(chat)), { label: t(chat.pinned ? "commands.chat.unpin" : "commands.chat.pin") });
  useMappedCommand("chat.mute", () => run(chat, mute(chat, isQuiet ? null : ALWAYS)), { label: t(isQuiet ? "commands.chat.unmute" : "commands.chat.mute") });
  useMute(8, "commands.chat.mute8h", chat, !isQuiet);
  useMute(7 * 24, "commands.chat.muteWeek", chat, !isQuiet);
  return (
    <>
      <StatusCommands chat={chat} />
      <MacroCommands chat={chat} />
      <LabelCommand chat={chat} />
      <SelectCommand chat={chat} />
    </>
  );
}

function useMute(hours: number, label: "commands.chat.mute8h" | "commands.chat.muteWeek", chat: Chat, isEnabled: boolean): void {
  const run = useChatActions();
  useCommand({ id: label, group: "chat", label: t(label), isEnabled, run: () => run(chat, mute(chat, inHours(hours))) });
}

interface OpenChatCommandsProps {
  readonly accountId: number;
  readonly chatId: number;
  /** The chat's row in the list, if it is there. */
  readonly listed: Chat | undefined;
}

export function OpenChatCommands({ accountId, chatId, listed }: OpenChatCommandsProps) {
  const { chat } = useChat(accountId, chatId, listed);
  return chat === undefined ? null : <ChatCommands chat={chat} />;
}
