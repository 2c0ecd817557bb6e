/** The messages of the open chat: while they load, when they cannot be loaded, when there are none, and as a list. */
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { describeError } from "@/lib/api/errors";
import { MessageList } from "./MessageList";
import { useThread } from "./threadContext";
import { classes } from "@/components/classes";
import styles from "./thread.module.css";

export function ThreadMessages() {
  const { chat, messages, anchor, leaveAnchor, isChannel } = useThread();
  if (messages.bubbles === null) {
    if (!messages.isError) return <MessageSkeletons />;
    return (
      <div className={styles.middle}>
        <ErrorState
          title="Messages could not be loaded"
          message={describeError(messages.error)}
          onRetry={() => void messages.refetch()}
        />
      </div>
    );
  }
  if (messages.bubbles.length === 0) {
    return (
      <div className={styles.middle}>
        <EmptyState icon="chat" title="No messages yet">
          {isChannel ? "New posts of the channel appear here." : "Write the first one below."}
        </EmptyState>
      </div>
    );
  }
  return (
    <MessageList
      key={anchor}
      thread={messages}
      bubbles={messages.bubbles}
      isGroup={chat?.kind === "group"}
      anchor={anchor}
      onLeave={leaveAnchor}
    />
  );
}

function MessageSkeletons() {
  return (
    <div className={styles.middle}>
      <Loading label="Loading messages">
        <div className={styles.skeletons}>
          {["in", "out", "in", "in", "out", "in"].map((side, index) => (
            <Skeleton key={index} className={classes(styles.skeleton, side === "out" && styles.skeletonOut)} />
          ))}
        </div>
      </Loading>
    </div>
  );
}
