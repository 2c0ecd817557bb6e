/** What can be done with the chat, one press each. */
import { useLocation, useNavigate } from "@/lib/navigation";
import { Icon, type IconName } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { useCan } from "@/lib/rights";
import type { Account, Chat } from "@/types/wire";
import { ALWAYS, archive, isMuted, mute, pin } from "@/features/inbox/chats/actions/chatActions";
import { useChatActions } from "@/features/inbox/chats/actions/useChatActions";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { useDetails } from "@/features/inbox/layout/usePanes";
import { focusSearch, useSearch } from "@/features/inbox/search/searchContext";
import { NOTHING } from "@/features/inbox/search/searchQuery";
import styles from "./context-pane.module.css";

export function ChatActions({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  const maySend = useCan()("send", account);
  const search = useSearchIn(chat);
  return (
    <div className={styles.actions} role="group" aria-label={t("contacts.actions")}>
      <Action icon="search" label={t("contacts.action.search")} onPress={search} />
      {maySend && <Flags chat={chat} />}
    </div>
  );
}

/** Searches in this chat: on a phone the field is on the page of the list. */
function useSearchIn(chat: Chat): () => void {
  const { change } = useSearch();
  const { place } = useDetails();
  const navigate = useNavigate();
  const { search } = useLocation();
  return () => {
    change({ ...NOTHING, chat: { id: chat.id, name: nameChat(chat) } });
    if (place === "page") navigate(`/inbox${search}`, { state: { isSearching: true } });
    else focusSearch();
  };
}

function Flags({ chat }: { readonly chat: Chat }) {
  const run = useChatActions();
  const muted = isMuted(chat);
  return (
    <>
      <Action icon={chat.pinned ? "unpin" : "pin"} label={t(chat.pinned ? "contacts.action.unpin" : "contacts.action.pin")} onPress={() => run(chat, pin(chat))} />
      <Action
        icon={muted ? "unmute" : "mute"}
        label={t(muted ? "contacts.action.unmute" : "contacts.action.mute")}
        onPress={() => run(chat, mute(chat, muted ? null : ALWAYS))}
      />
      <Action
        icon={chat.archived ? "unarchive" : "archive"}
        label={t(chat.archived ? "contacts.action.unarchive" : "contacts.action.archive")}
        onPress={() => run(chat, archive(chat))}
      />
    </>
  );
}

interface ActionProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

function Action({ icon, label, onPress }: ActionProps) {
  return (
    <button type="button" className={styles.action} onClick={onPress}>
      <Icon name={icon} size={18} />
      <span>{label}</span>
    </button>
  );
}
