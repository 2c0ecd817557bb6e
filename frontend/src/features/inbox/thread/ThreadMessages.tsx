/** The messages of the open chat: while they load, when they cannot be loaded, when there are none, and as a list. */
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { ThreadMedia } from "@/features/inbox/attachments/ThreadMedia";
import { MessageList } from "./list/MessageList";
import { useThread } from "./threadContext";
import { classes } from "@/components/classes";
import styles from "./thread.module.css";

export function ThreadMessages() {
  const { chat, messages, entries, reading, anchor, isAtNewest, toNewest, list, actions, isChannel } = useThread();
  if (messages.bubbles === null || chat === undefined) {
    if (!messages.isError) return <MessageSkeletons />;
    return (
      <div className={styles.middle}>
        <ErrorState
          title={t("thread.messagesFailed")}
          message={describeError(messages.error)}
          onRetry={() => void messages.refetch()}
        />
      </div>
    );
  }
  if (entries.length === 0) return <NoMessages text={emptyText(isChannel, actions.canAct)} />;
  return (
    <ThreadMedia bubbles={messages.bubbles}>
      <MessageList
        key={anchor}
        thread={messages}
        bubbles={messages.bubbles}
        entries={entries}
        isGroup={chat.kind === "group"}
        anchor={anchor}
        reading={reading}
        isAtNewest={isAtNewest}
        onNewest={toNewest}
        onLate={actions.jumpTo}
        handle={list}
      />
    </ThreadMedia>
  );
}

function NoMessages({ text }: { readonly text: MessageId }) {
  return (
    <div className={styles.middle}>
      <EmptyState icon="chat" title={t("thread.empty")}>
        {t(text)}
      </EmptyState>
    </div>
  );
}

function emptyText(isChannel: boolean, canAct: boolean): MessageId {
  if (isChannel) return "thread.emptyChannel";
  return canAct ? "thread.emptyText" : "thread.emptyViewer";
}

function MessageSkeletons() {
  return (
    <div className={styles.middle}>
      <Loading label={t("thread.loading")}>
        <div className={styles.skeletons}>
          {["in", "out", "in", "in", "out", "in"].map((side, index) => (
            <Skeleton key={index} className={classes(styles.skeleton, side === "out" && styles.skeletonOut)} />
          ))}
        </div>
      </Loading>
    </div>
  );
}
