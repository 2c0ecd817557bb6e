/** Changes a chat at once, reports it with an undo, and reverts it if the server refuses. */
import { useCallback } from "react";
import { useParams } from "@/lib/navigation";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useFirstApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Chat } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { useInbox } from "@/features/inbox/context";
import type { ChatAction } from "./chatActions";
import { useLeaveChat } from "./useLeaveChat";

export type RunChatAction = (chat: Chat, action: ChatAction) => void;

function useChange() {
  const api = useFirstApi();
  const { store } = useInbox();
  const toasts = useToasts();
  return useCallback(
    (chat: Chat, { patch, change }: ChatAction["undo"], onFailure: () => void = () => undefined) => {
      store.changeChat(chat.id, change, () => api.patchChat(chat, patch)).catch((error: unknown) => {
        onFailure();
        toasts.show({ text: describeError(error) });
      });
    },
    [api, store, toasts],
  );
}

/** Archiving closes the chat: it is done. An open chat is marked as read immediately, so marking it unread closes it too. */
const closes = ({ patch }: ChatAction): boolean => patch.archived === true || patch.read === false;

export function useChatActions(): RunChatAction {
  const change = useChange();
  const toasts = useToasts();
  const leave = useLeaveChat();
  const openId = useParams().chatId;
  return (chat, action) => {
    if (closes(action) && openId === String(chat.id)) leave();
    const withdraw = toasts.show({
      text: t(action.text, { name: isolate(nameChat(chat)) }),
      action: { label: t("app.undo"), run: () => change(chat, action.undo) },
    });
    change(chat, action, withdraw);
  };
}
