/** The open chat: its head, its messages, and the field to answer. */
import { Link, useLocation, useNavigate } from "react-router";
import { useEffect, useMemo, useState, type KeyboardEvent } from "react";
import { Avatar } from "@/components/Avatar";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { nameAccount } from "@/lib/accounts";
import { ApiError, describeError } from "@/lib/api/errors";
import { makeClientId } from "@/lib/ids";
import { keyOf } from "@/lib/keys";
import { useCan, useMayOnlyRead } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { Account, Chat, ChatKind } from "@/types/wire";
import { useAnchor } from "./anchor";
import { findSeen, type Bubble } from "./bubbles";
import { ChatDetails } from "@/features/inbox/chats/ChatDetails";
import { ChatMenu } from "@/features/inbox/chats/ChatMenu";
import { nameChat } from "@/features/inbox/chats/ChatRow";
import { Collision, Faces, HeadLine } from "@/features/inbox/presence/Colleagues";
import { Composer } from "@/features/inbox/composer/Composer";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { useInbox } from "@/features/inbox/context";
import { MessageList } from "./MessageList";
import { AccountNotice } from "@/features/inbox/chats/AccountNotice";
import { useOpenChat } from "@/features/inbox/presence/presenceContext";
import { useChat, useThread } from "@/features/inbox/queries";
import { useMarkRead } from "./reading";
import { ThreadContext } from "./threadContext";
import { ThreadQuestion } from "./ThreadQuestions";
import { useThreadState } from "./threadState";
import { DropOverlay, useDrop, useTray, type Tray } from "@/features/inbox/composer/Tray";

interface ThreadProps {
  readonly account: Account;
  readonly chatId: number;
  readonly listed: Chat | undefined;
}

export function Thread({ account, chatId, listed }: ThreadProps) {
  const navigate = useNavigate();
  const { search } = useLocation();
  const { chat, error, refetch } = useChat(account.id, chatId, listed);
  const mayAct = useCan()("send", account);
  const isChannel = chat?.kind === "channel";
  const state = useThreadState(mayAct && !isChannel);
  const tray = useTray(state.report);
  const { isOver, handlers } = useDrop(tray, state.actions.canAct);
  const messages = useAnchored(account.id, chatId, state.report);
  const seen = useSeen(messages.thread.bubbles, chat);
  // Whoever only looks leaves it unread for those who answer.
  useMarkRead(mayAct ? chat : undefined, seen);
  useOpenChat(chatId);
  const leaveOnEscape = (event: KeyboardEvent) => {
    const isInDialog = event.target instanceof Element && event.target.closest("dialog") !== null;
    if (keyOf(event) === "Escape" && !event.defaultPrevented && !isInDialog) void navigate(`/inbox${search}`);
  };
  if (chat === undefined && error !== null) return <MissingChat error={error} onRetry={() => void refetch()} />;
  return (
    <ThreadContext value={state.actions}>
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape leaves the chat from wherever the focus is in it */}
      <div className="thread" data-testid="thread" onKeyDown={leaveOnEscape} {...handlers}>
        <ThreadHead chat={chat} chatId={chatId} account={account} report={state.report} />
        <Messages {...messages} isGroup={chat?.kind === "group"} isChannel={isChannel} />
        <AccountNotice account={account} className="thread-notice" />
        <ThreadFoot account={account} chatId={chatId} isChannel={isChannel} state={state} tray={tray} seen={seen} />
        {isOver && <DropOverlay />}
      </div>
      <Asked state={state} />
    </ThreadContext>
  );
}

type State = ReturnType<typeof useThreadState>;

interface ThreadFootProps {
  readonly account: Account;
  readonly chatId: number;
  readonly isChannel: boolean;
  readonly state: State;
  readonly tray: Tray;
  /** Up to where the chat is before the writer. */
  readonly seen: number | null;
}

/** The field, for whatever is being written, and above it what just went wrong. */
function ThreadFoot({ account, chatId, isChannel, state, tray, seen }: ThreadFootProps) {
  const { store } = useInbox();
  const { intent, setIntent, amending, sentence, report, leaveAnchor } = state;
  const mayOnlyRead = useMayOnlyRead(account);
  const dispatch = (text: string, files: readonly File[], isVoice = false) => {
    setIntent(null);
    // What one writes stands at the end: go there from wherever one was reading.
    leaveAnchor();
    const extras = { quoted: intent?.message ?? null, seenSeq: seen ?? 0, ...(files.length === 0 ? {} : { files, isVoice }) };
    void store.send(account.id, chatId, text, makeClientId(), extras);
  };
  if (isChannel) return <p className="composer-closed">Nobody can write in a channel.</p>;
  const submit = (text: string) => {
    if (intent?.kind !== "edit") {
      dispatch(text, tray.picked.map(({ file }) => file));
      tray.clear();
      return;
    }
    setIntent(null);
    if (text !== intent.message.body) amending.changeText(intent.message, text);
  };
  return (
    <>
      {sentence !== null && <Sentence text={sentence} onDismiss={() => report(null)} />}
      <Collision chatId={chatId} />
      <Composer
        chatId={chatId}
        isReadOnly={mayOnlyRead}
        intent={intent}
        tray={tray}
        onSend={submit}
        onVoice={(file) => dispatch("", [file], true)}
        onProblem={report}
        onCancel={() => setIntent(null)}
      />
    </>
  );
}

function Sentence({ text, onDismiss }: { readonly text: string; readonly onDismiss: () => void }) {
  return (
    <p className="thread-sentence" role="alert" data-testid="thread-sentence">
      <Text>{text}</Text>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <Icon name="close" size={16} />
      </IconButton>
    </p>
  );
}

function Asked({ state }: { readonly state: State }) {
  const { question, setQuestion, amending } = state;
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
  return (
    <EmptyState
      icon="chat"
      title="This chat is not here"
      action={
        <Link className="button button-plain" to="/inbox">
          Back to the inbox
        </Link>
      }
    >
      It may have been removed, or its number is no longer shared with you.
    </EmptyState>
  );
}

const KIND_PREFIX: Record<ChatKind, string> = { direct: "", group: "Group · ", channel: "Channel · " };

interface ThreadHeadProps {
  readonly chat: Chat | undefined;
  readonly chatId: number;
  readonly account: Account;
  readonly report: (sentence: string) => void;
}

function ThreadHead({ chat, chatId, account, report }: ThreadHeadProps) {
  const { search } = useLocation();
  const maySend = useCan()("send", account);
  const title = chat === undefined ? "" : nameChat(chat);
  return (
    <header className="thread-head">
      <Link className="icon-button thread-back" to={`/inbox${search}`} aria-label="Back to the chats">
        <Icon name="back" />
      </Link>
      <WhoButton chat={chat} title={title} />
      <div className="thread-title">
        <h2 translate="no">{title === "" ? <Skeleton className="thread-title-skeleton" /> : title}</h2>
        <HeadLine chatId={chatId} usual={`${chat === undefined ? "" : KIND_PREFIX[chat.kind]}via ${nameAccount(account)}`} />
      </div>
      <Faces chatId={chatId} />
      {chat !== undefined && maySend && <ChatMenu chat={chat} report={report} />}
    </header>
  );
}

/** The picture, which opens what is known of the chat. */
function WhoButton({ chat, title }: { readonly chat: Chat | undefined; readonly title: string }) {
  const [isOpen, setOpen] = useState(false);
  if (chat === undefined) return <Avatar name="" />;
  return (
    <>
      <span className="thread-who">
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

/** How far the chat is before its reader: the newest message shown that came in; null while none are shown. */
function useSeen(bubbles: readonly Bubble[] | null, chat: Chat | undefined): number | null {
  const seen = useMemo(() => (bubbles === null ? null : findSeen(bubbles)), [bubbles]);
  return bubbles === null ? null : (seen ?? chat?.seq ?? null);
}

/** The thread around the message that the address names; one that is not there is said, and the newest are shown. */
function useAnchored(accountId: number, chatId: number, report: (sentence: string) => void) {
  const { anchor, leave } = useAnchor();
  const thread = useThread(accountId, chatId, anchor);
  const isMissing = anchor !== null && thread.error instanceof ApiError && thread.error.status === 404;
  useEffect(() => {
    if (!isMissing) return;
    report("That message is not in this chat any more.");
    leave();
  }, [isMissing, report, leave]);
  return { thread, anchor, leave };
}

type MessagesProps = ReturnType<typeof useAnchored> & { readonly isGroup: boolean; readonly isChannel: boolean };

function Messages({ thread, anchor, leave, isGroup, isChannel }: MessagesProps) {
  if (thread.bubbles === null) {
    if (!thread.isError) return <MessageSkeletons />;
    return (
      <div className="thread-middle">
        <ErrorState
          title="Messages could not be loaded"
          message={describeError(thread.error)}
          onRetry={() => void thread.refetch()}
        />
      </div>
    );
  }
  if (thread.bubbles.length === 0) {
    return (
      <div className="thread-middle">
        <EmptyState icon="chat" title="No messages yet">
          {isChannel ? "What the channel posts appears here." : "Write the first one below."}
        </EmptyState>
      </div>
    );
  }
  return (
    <MessageList
      key={anchor}
      thread={thread}
      bubbles={thread.bubbles}
      isGroup={isGroup}
      anchor={anchor}
      onLeave={leave}
    />
  );
}

function MessageSkeletons() {
  return (
    <div className="thread-middle">
      <Loading label="Loading messages">
        <div className="message-skeletons">
          {["in", "out", "in", "in", "out", "in"].map((side, index) => (
            <Skeleton key={index} className={`message-skeleton message-skeleton-${side}`} />
          ))}
        </div>
      </Loading>
    </div>
  );
}
