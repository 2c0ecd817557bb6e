/** The commands of the open chat: leave it, reply, and what can be done with the focused message. */
import type { RefObject } from "react";
import { t } from "@/i18n/translate";
import { useCommand } from "@/lib/commands/context";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import type { Message } from "@/types/wire";
import { useLeaveChat } from "@/features/inbox/chats/actions/useLeaveChat";
import { useFocusedId } from "@/features/inbox/focusedId";
import { canAnswer, canDelete, canEdit } from "./bubble/allowed";
import { shownBody } from "./bubble/mentions";
import { useThread } from "./threadContext";

interface ThreadCommandsProps {
  readonly box: RefObject<HTMLElement | null>;
}

export function ThreadCommands({ box }: ThreadCommandsProps) {
  const { messages, actions, noting } = useThread();
  const focusedId = useFocusedId("message-id");
  const focused = messages.bubbles?.find(({ message }) => message?.id === focusedId)?.message ?? null;
  const leave = useLeaveChat();
  useMappedCommand("chat.close", leave);
  const write = () => box.current?.querySelector("textarea")?.focus();
  useMappedCommand("chat.reply", () => (focused !== null && canAnswer(focused) ? actions.reply(focused) : write()), { isEnabled: actions.canAct });
  useMappedCommand("chat.note", noting.open, { isEnabled: actions.canAct });
  return focused !== null && <MessageCommands message={focused} />;
}

function MessageCommands({ message }: { readonly message: Message }) {
  const actions = useThread().actions;
  const body = shownBody(message);
  useCommand({ id: "message.copy", group: "message", label: t("commands.message.copy"), isEnabled: body !== "", run: () => actions.copy(body) });
  useCommand({
    id: "message.edit",
    group: "message",
    label: t("commands.message.edit"),
    isEnabled: actions.canAct && canEdit(message),
    run: () => actions.edit(message),
  });
  useCommand({
    id: "message.delete",
    group: "message",
    label: t("commands.message.delete"),
    isEnabled: actions.canAct && canDelete(message),
    run: () => actions.askDelete(message),
  });
  return null;
}
