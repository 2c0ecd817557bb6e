/** The open chat: its head, its messages, and the composer. */
import { useLocation, useNavigate } from "react-router";
import type { KeyboardEvent } from "react";
import { MissingState } from "@/components/MissingState";
import { ErrorState } from "@/components/States";
import { ApiError, describeError } from "@/lib/api/errors";
import { keyOf } from "@/lib/keys";
import { AccountNotice } from "@/features/inbox/chats/AccountNotice";
import { DropOverlay, useDrop } from "@/features/inbox/composer/Tray";
import { ThreadActionsContext, ThreadContext, useThread } from "./threadContext";
import { ThreadFoot } from "./ThreadFoot";
import { ThreadHead } from "./ThreadHead";
import { ThreadMessages } from "./ThreadMessages";
import { ThreadQuestion } from "./ThreadQuestions";
import { useThreadState, type ThreadProps } from "./threadState";
import styles from "./thread.module.css";

export function Thread(props: ThreadProps) {
  const navigate = useNavigate();
  const { search } = useLocation();
  const thread = useThreadState(props);
  const { isOver, handlers } = useDrop(thread.tray, thread.actions.canAct);
  const leaveOnEscape = (event: KeyboardEvent) => {
    const isInDialog = event.target instanceof Element && event.target.closest("dialog") !== null;
    if (keyOf(event) === "Escape" && !event.defaultPrevented && !isInDialog) void navigate(`/inbox${search}`);
  };
  if (thread.chat === undefined && thread.chatError !== null) {
    return <MissingChat error={thread.chatError} onRetry={() => void thread.refetchChat()} />;
  }
  return (
    <ThreadContext value={thread}>
      <ThreadActionsContext value={thread.actions}>
        {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape leaves the chat from wherever the focus is in it */}
        <div className={styles.thread} data-testid="thread" onKeyDown={leaveOnEscape} {...handlers}>
          <ThreadHead />
          <ThreadMessages />
          <AccountNotice account={thread.account} className={styles.notice} />
          <ThreadFoot />
          {isOver && <DropOverlay />}
        </div>
        <Confirmation />
      </ThreadActionsContext>
    </ThreadContext>
  );
}

function Confirmation() {
  const { question, setQuestion, amending } = useThread();
  if (question === null) return null;
  const { kind, message } = question;
  return (
    <ThreadQuestion
      question={question}
      onYes={() => (kind === "delete" ? amending.remove(message) : amending.retry(message))}
      onClose={() => setQuestion(null)}
    />
  );
}

function MissingChat({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <ErrorState title="This chat could not be loaded" message={describeError(error)} onRetry={onRetry} />;
  }
  return <MissingState title="Chat not found">It may have been erased, or its number is no longer shared with you.</MissingState>;
}
