/** The head of the open chat: who it is with, over which account, and which colleagues are here. */
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { Avatar } from "@/components/Avatar";
import { Icon } from "@/components/Icon";
import { Skeleton } from "@/components/States";
import { nameAccount } from "@/lib/accounts";
import { useCan } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { Chat, ChatKind } from "@/types/wire";
import { ChatDetails } from "@/features/inbox/chats/ChatDetails";
import { ChatMenu } from "@/features/inbox/chats/ChatMenu";
import { nameChat } from "@/features/inbox/chats/ChatRow";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { Faces, HeadLine } from "@/features/inbox/presence/Colleagues";
import { useThread } from "./threadContext";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./thread.module.css";

const KIND_PREFIX: Record<ChatKind, string> = { direct: "", group: "Group · ", channel: "Channel · " };

export function ThreadHead() {
  const { chat, chatId, account, report } = useThread();
  const { search } = useLocation();
  const maySend = useCan()("send", account);
  const title = chat === undefined ? "" : nameChat(chat);
  return (
    <header className={styles.head}>
      <Link className={classes(buttonStyles.iconButton, styles.back)} to={`/inbox${search}`} aria-label="Back to the chats">
        <Icon name="back" />
      </Link>
      <DetailsButton chat={chat} title={title} />
      <div className={styles.title}>
        <h2 translate="no">{title === "" ? <Skeleton className={styles.titleSkeleton} /> : title}</h2>
        <HeadLine chatId={chatId} usual={`${chat === undefined ? "" : KIND_PREFIX[chat.kind]}via ${nameAccount(account)}`} />
      </div>
      <Faces chatId={chatId} />
      {chat !== undefined && maySend && <ChatMenu chat={chat} report={report} />}
    </header>
  );
}

/** The picture, which opens the chat's details. */
function DetailsButton({ chat, title }: { readonly chat: Chat | undefined; readonly title: string }) {
  const [isOpen, setOpen] = useState(false);
  if (chat === undefined) return <Avatar name="" />;
  return (
    <>
      <span className={styles.who}>
        <ContactAvatar accountId={chat.account_id} name={title} avatar={chat.contact?.avatar} isGroup={chat.kind !== "direct"} />
        <button
          type="button"
          aria-label={`Details of ${isolate(title)}`}
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          data-testid="chat-details-open"
        />
      </span>
      {isOpen && <ChatDetails chat={chat} onClose={() => setOpen(false)} />}
    </>
  );
}
