/** What a menu offers for a chat: read, archive, pin, mute. */
import { MenuItem, MenuLine } from "@/components/Menu";
import { t } from "@/i18n/translate";
import type { Chat } from "@/types/wire";
import { ALWAYS, archive, inHours, isMuted, mute, pin, toggleRead, type ChatAction } from "@/features/inbox/chats/actions/chatActions";

const WEEK_HOURS = 7 * 24;

interface ChatMenuItemsProps {
  readonly chat: Chat;
  /** An open chat is read as soon as it is shown: it can only be marked unread. */
  readonly isOpen: boolean;
  readonly onChoose: (action: ChatAction) => void;
}

export function ChatMenuItems({ chat, isOpen, onChoose }: ChatMenuItemsProps) {
  const read = isOpen ? { ...chat, unread_count: 0 } : chat;
  const isUnread = read.unread_count > 0;
  return (
    <>
      {chat.kind !== "channel" && (
        <MenuItem icon={isUnread ? "read" : "unread"} keys="U" onSelect={() => onChoose(toggleRead(read))} testId={isUnread ? "chat-mark-read" : "chat-mark-unread"}>
          {t(isUnread ? "commands.chat.read" : "commands.chat.unread")}
        </MenuItem>
      )}
      <MenuItem icon={chat.archived ? "unarchive" : "archive"} keys="Y" onSelect={() => onChoose(archive(chat))} testId="chat-archive">
        {t(chat.archived ? "commands.chat.unarchive" : "commands.chat.archive")}
      </MenuItem>
      <MenuItem icon={chat.pinned ? "unpin" : "pin"} keys="P" onSelect={() => onChoose(pin(chat))} testId="chat-pin">
        {t(chat.pinned ? "commands.chat.unpin" : "commands.chat.pin")}
      </MenuItem>
      <MenuLine />
      <Mutes chat={chat} onChoose={(until) => onChoose(mute(chat, until))} />
    </>
  );
}

interface MutesProps {
  readonly chat: Chat;
  readonly onChoose: (until: string | null) => void;
}

function Mutes({ chat, onChoose }: MutesProps) {
  if (isMuted(chat)) {
    return (
      <MenuItem icon="unmute" keys="M" onSelect={() => onChoose(null)} testId="chat-unmute">
        {t("commands.chat.unmute")}
      </MenuItem>
    );
  }
  return (
    <>
      <MenuItem icon="mute" onSelect={() => onChoose(inHours(8))} testId="chat-mute-8h">
        {t("commands.chat.mute8h")}
      </MenuItem>
      <MenuItem icon="mute" onSelect={() => onChoose(inHours(WEEK_HOURS))} testId="chat-mute-week">
        {t("commands.chat.muteWeek")}
      </MenuItem>
      <MenuItem icon="mute" keys="M" onSelect={() => onChoose(ALWAYS)} testId="chat-mute-always">
        {t("commands.chat.mute")}
      </MenuItem>
    </>
  );
}
