/** The menu of the open chat. */
import { MenuButton } from "@/components/Menu";
import { t } from "@/i18n/translate";
import type { Chat } from "@/types/wire";
import { StatusMenuItems } from "@/features/inbox/status/StatusMenuItems";
import { useChatActions } from "./actions/useChatActions";
import { ChatMenuItems } from "./row/ChatMenuItems";

export function ChatMenu({ chat }: { readonly chat: Chat }) {
  const run = useChatActions();
  return (
    <MenuButton label={t("commands.chat.menu")} icon="dots" testId="chat-menu">
      {(close) => (
        <>
          <StatusMenuItems chat={chat} onChoose={close} />
          <ChatMenuItems
            chat={chat}
            isOpen
            onChoose={(action) => {
              close();
              run(chat, action);
            }}
          />
        </>
      )}
    </MenuButton>
  );
}
