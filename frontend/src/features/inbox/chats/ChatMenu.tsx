/** The menu of the open chat: unread, archive, pin, mute. */
import { useLocation, useNavigate } from "react-router";
import { MenuButton, MenuItem } from "@/components/Menu";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { ChatPatch } from "@/lib/api/routes";
import type { Chat } from "@/types/wire";
import { isMuted } from "./ChatRow";
import { useInbox } from "@/features/inbox/context";
import styles from "@/components/menu.module.css";

const HOUR_MS = 3_600_000;
/** The server's value for "forever". */
const ALWAYS = "9999-12-31T00:00:00.000Z";
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

interface ChatMenuProps {
  readonly chat: Chat;
  readonly report: (sentence: string) => void;
}

function usePatch({ chat, report }: ChatMenuProps) {
  const api = useApi();
  const { store } = useInbox();
  return async (patch: ChatPatch): Promise<boolean> => {
    try {
      store.applyChat(await api.patchChat(chat, patch));
      return true;
    } catch (error) {
      report(describeError(error));
      return false;
    }
  };
}

export function ChatMenu(props: ChatMenuProps) {
  const { chat } = props;
  const patch = usePatch(props);
  const navigate = useNavigate();
  const { search } = useLocation();
  const leave = async (change: ChatPatch) => {
    // An open chat is marked as read immediately, so marking it unread closes it first.
    void navigate(`/inbox${search}`);
    await patch(change);
  };
  return (
    <MenuButton label="Chat menu" icon="dots" testId="chat-menu">
      {(close) => {
        const line = (run: () => void) => () => {
          close();
          run();
        };
        return (
          <>
            {chat.kind !== "channel" && (
              <MenuItem icon="unread" onSelect={line(() => void leave({ read: false }))} testId="chat-mark-unread">
                Mark as unread
              </MenuItem>
            )}
            <MenuItem icon="pin" onSelect={line(() => void patch({ pinned: !chat.pinned }))} testId="chat-pin">
              {chat.pinned ? "Unpin" : "Pin to the top"}
            </MenuItem>
            <MenuItem icon="archive" onSelect={line(() => void patch({ archived: !chat.archived }))} testId="chat-archive">
              {chat.archived ? "Unarchive" : "Archive"}
            </MenuItem>
            <hr className={styles.line} />
            <Mutes chat={chat} onChoose={(until) => line(() => void patch({ muted_until: until }))()} />
          </>
        );
      }}
    </MenuButton>
  );
}

interface MutesProps {
  readonly chat: Chat;
  readonly onChoose: (until: string | null) => void;
}

function Mutes({ chat, onChoose }: MutesProps) {
  if (isMuted(chat)) {
    return (
      <MenuItem icon="mute" onSelect={() => onChoose(null)} testId="chat-unmute">
        Unmute
      </MenuItem>
    );
  }
  return (
    <>
      <MenuItem icon="mute" onSelect={() => onChoose(inHours(8))} testId="chat-mute-8h">
        Mute for 8 hours
      </MenuItem>
      <MenuItem icon="mute" onSelect={() => onChoose(inHours(7 * 24))} testId="chat-mute-week">
        Mute for a week
      </MenuItem>
      <MenuItem icon="mute" onSelect={() => onChoose(ALWAYS)} testId="chat-mute-always">
        Mute always
      </MenuItem>
    </>
  );
}
