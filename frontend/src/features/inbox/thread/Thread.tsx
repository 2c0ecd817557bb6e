/** The open chat: its head, its messages, and the composer. */
import { useRef } from "react";
import { MissingState } from "@/components/MissingState";
import { ErrorState } from "@/components/States";
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import { useDrop } from "@/features/inbox/composer/files/drop";
import { DropOverlay } from "@/features/inbox/composer/files/TrayList";
import { ThreadActionsContext, ThreadContext, useThread } from "./threadContext";
import { ThreadCommands } from "./ThreadCommands";
import { ThreadFoot } from "./ThreadFoot";
import { ThreadHead } from "./ThreadHead";
import { ThreadMessages } from "./ThreadMessages";
import { ThreadQuestion } from "./ThreadQuestions";
import { useThreadState, type ThreadProps } from "./threadState";
import styles from "./thread.module.css";

export function Thread(props: ThreadProps) {
  const box = useRef<HTMLDivElement>(null);
  const thread = useThreadState(props);
  const { isOver, handlers } = useDrop(thread.tray, thread.actions.canAct);
  if (thread.chat === undefined && thread.chatError !== null) {
    return <MissingChat error={thread.chatError} onRetry={() => void thread.refetchChat()} />;
  }
  return (
    <ThreadContext value={thread}>
      <ThreadActionsContext value={thread.actions}>
        <ThreadCommands box={box} />
        <div ref={box} className={styles.thread} data-testid="thread" {...handlers}>
          <ThreadHead />
          <ThreadMessages />
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
    return <ErrorState level={1} title={t("thread.chatFailed")} message={describeError(error)} onRetry={onRetry} />;
  }
  return <MissingState level={1} title={t("thread.missing")}>{t("thread.missingText")}</MissingState>;
}
