/** The head of the open chat: who it is with, over which account, and which colleagues are here. */
import { Link, useLocation } from "@/lib/navigation";
import { Avatar } from "@/components/Avatar";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Skeleton } from "@/components/States";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { useCan } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { Chat, ChatKind } from "@/types/wire";
import { ChatMenu } from "@/features/inbox/chats/ChatMenu";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { useDetails } from "@/features/inbox/layout/usePanes";
import { Faces, HeadLine } from "@/features/inbox/presence/Colleagues";
import { StatusControls } from "@/features/inbox/status/StatusControls";
import { HeadLabels } from "@/features/inbox/labels/HeadLabels";
import { useThread } from "./threadContext";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./thread.module.css";

const VIA = { direct: "thread.via", group: "thread.viaGroup", channel: "thread.viaChannel" } as const satisfies Record<ChatKind, MessageId>;

export function ThreadHead() {
  const { chat, chatId, account } = useThread();
  const { search } = useLocation();
  const maySend = useCan()("send", account);
  const details = useDetails();
  useMappedCommand("chat.details", details.toggle);
  const title = chat === undefined ? "" : nameChat(chat);
  return (
    <header className={styles.head}>
      <Link className={classes(buttonStyles.iconButton, styles.back)} to={`/inbox${search}`} aria-label={t("thread.back")}>
        <Icon name="back" />
      </Link>
      <DetailsButton chat={chat} title={title} onPress={details.toggle} isOpen={details.isOpen} />
      <div className={styles.title}>
        <h1 translate="no">{title === "" ? <Skeleton className={styles.titleSkeleton} /> : title}</h1>
        <HeadLine chatId={chatId} usual={t(VIA[chat?.kind ?? "direct"], { number: isolate(nameAccount(account)) })} />
      </div>
      {chat !== undefined && <HeadLabels chat={chat} />}
      <Faces chatId={chatId} />
      {chat !== undefined && <StatusControls chat={chat} canAct={maySend} />}
      {chat !== undefined && maySend && <ChatMenu chat={chat} />}
      <IconButton
        label={t(details.isOpen ? "contacts.details.hide" : "contacts.details.show")}
        keys="D"
        className={styles.detailsButton}
        aria-expanded={details.isOpen}
        onClick={details.toggle}
        data-testid="chat-details-toggle"
      >
        <Icon name="panel" />
      </IconButton>
    </header>
  );
}

interface DetailsButtonProps {
  readonly chat: Chat | undefined;
  readonly title: string;
  readonly isOpen: boolean;
  readonly onPress: () => void;
}

/** The picture, which shows the chat's details. */
function DetailsButton({ chat, title, isOpen, onPress }: DetailsButtonProps) {
  if (chat === undefined) return <Avatar name="" />;
  return (
    <span className={styles.who}>
      <ContactAvatar accountId={chat.account_id} name={title} avatar={chat.contact?.avatar} isGroup={chat.kind !== "direct"} />
      <button
        type="button"
        aria-label={t("thread.details", { name: isolate(title) })}
        aria-expanded={isOpen}
        onClick={onPress}
        data-testid="chat-details-open"
      />
    </span>
  );
}
