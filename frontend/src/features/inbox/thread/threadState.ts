/** The state of the open chat: its rows, how far they were seen, what is being composed, and what went wrong. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useToasts } from "@/components/Toast";
import { useApi } from "@/lib/api/context";
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import { makeClientId } from "@/lib/ids";
import { useCan } from "@/lib/rights";
import { TakenBackError, waitUndoable } from "@/lib/undoable";
import type { Account, Chat, Message } from "@/types/wire";
import { useTray } from "@/features/inbox/composer/files/tray";
import { useIntent } from "@/features/inbox/composer/useIntent";
import { useInbox } from "@/features/inbox/context";
import { useOpenChat } from "@/features/inbox/presence/ownPresence";
import { useFollowedThread } from "@/features/inbox/status/statusContext";
import { useNotes } from "@/features/inbox/notes/useNotes";
import { useNoting } from "@/features/inbox/notes/useNoting";
import { useChat } from "@/features/inbox/queries";
import { guessDeletion, guessEdit, guessFetch, guessReaction } from "./bubble/amendments";
import { showMessage, useAnchor, type ListHandle } from "./scroll/anchor";
import { useHeld } from "./held";
import type { Question } from "./bubble/intent";
import { placeItems, seqsOf, type Entry, type InternalItem } from "./list/internalItems";
import { useReading } from "./scroll/reading";
import type { ThreadActions } from "./threadActions";
import { seenUpTo } from "./scroll/seen";
import { useActivities } from "./list/useActivities";
import { useLines } from "./list/useLines";
import { useMessages } from "./list/useMessages";

const SENTENCE_MS = 8_000;

/** A sentence that disappears after a while. */
function useSentence() {
  const [sentence, report] = useState<string | null>(null);
  useEffect(() => {
    if (sentence === null) return undefined;
    const timer = setTimeout(() => report(null), SENTENCE_MS);
    return () => clearTimeout(timer);
  }, [sentence]);
  return [sentence, report] as const;
}

/** Changes of messages: shown immediately, undone with a sentence when the server rejects them. */
function useAmending(report: (sentence: string) => void) {
  const api = useApi();
  const { store } = useInbox();
  return useMemo(() => {
    const amend = (guess: Message, request: () => Promise<Message>) =>
      void store.amend(guess, request).catch((error: unknown) => report(describeError(error)));
    return {
      react: (message: Message, value: string | null) =>
        amend(guessReaction(message, value), () => api.react(message, value)),
      changeText: (message: Message, text: string) => amend(guessEdit(message, text), () => api.editMessage(message, text)),
      remove: (message: Message) => amend(guessDeletion(message), () => api.deleteMessage(message)),
      retryAttachment: (message: Message, id: string) =>
        amend(guessFetch(message, id), () => api.retryAttachment(message, id)),
      retry: (message: Message) =>
        amend({ ...message, status: "sending", error: null }, () => api.retryMessage(message)),
    };
  }, [api, store, report]);
}

/** Deletes what is nowhere but here, with an undo. */
function useDiscarding(report: (sentence: string) => void) {
  const api = useApi();
  const { store } = useInbox();
  const toasts = useToasts();
  return useMemo(() => {
    const offerUndo = (run: () => void) => toasts.show({ text: t("messages.failed.deleted"), action: { label: t("app.undo"), run } });
    return {
      discard: (message: Message) => {
        const { passed, takeBack } = waitUndoable();
        const withdraw = offerUndo(takeBack);
        const request = () => passed.then(withdraw).then(() => api.deleteMessage(message));
        store.amend(guessDeletion(message), request).catch((error: unknown) => {
          if (!(error instanceof TakenBackError)) report(describeError(error));
        });
      },
      discardPending: (clientId: string) => {
        const entry = store.discard(clientId);
        if (entry !== undefined) offerUndo(() => void store.restore(entry));
      },
    };
  }, [api, store, toasts, report]);
}

async function copy(text: string, report: (sentence: string) => void): Promise<void> {
  try {
    await copyText(text);
  } catch {
    report(t("thread.copyFailed"));
  }
}

/** While it is signed out the server accepts no message. */
const isSignedOut = ({ status }: Account): boolean => status === "needs_action" || status === "disconnected";

/** What the user is doing in the chat, and the actions of its bubbles. */
interface Composing {
  readonly account: Account;
  readonly chatId: number;
  readonly canAct: boolean;
  readonly goTo: (messageId: number) => void;
}

function useComposing({ account, chatId, canAct, goTo }: Composing) {
  const list = useRef<ListHandle>(null);
  const isConnected = !isSignedOut(account);
  const [intent, setIntent] = useIntent(account.id, chatId);
  const [question, setQuestion] = useState<Question | null>(null);
  const [sentence, report] = useSentence();
  const amending = useAmending(report);
  const discarding = useDiscarding(report);
  const { store } = useInbox();
  const actions = useMemo(
    (): ThreadActions => ({
      canAct,
      isConnected,
      ...discarding,
      reply: (message) => setIntent({ kind: "reply", message }),
      edit: (message) => setIntent({ kind: "edit", message }),
      askDelete: (message) => setQuestion({ kind: "delete", message }),
      askRetry: (message) =>
        message.status === "unconfirmed" ? setQuestion({ kind: "retry", message }) : amending.retry(message),
      react: amending.react,
      retryAttachment: amending.retryAttachment,
      retryPending: (clientId) => void store.retry(clientId),
      copy: (text) => void copy(text, report),
      jumpTo: (messageId) => {
        // A message that is not loaded yet is loaded with its surroundings.
        if (!showMessage(messageId, "smooth") && list.current?.show(messageId) !== true) goTo(messageId);
      },
    }),
    [canAct, isConnected, setIntent, amending, discarding, store, report, goTo],
  );
  return { list, actions, amending, intent, setIntent, question, setQuestion, sentence, report };
}

/** Reports a linked message that does not exist, and shows the newest messages instead. */
function useMissingAnchor(anchor: number | null, error: Error | null, report: (sentence: string) => void, leave: () => void): void {
  const isMissing = anchor !== null && error instanceof ApiError && error.status === 404;
  useEffect(() => {
    if (!isMissing) return;
    report(t("thread.messageMissing"));
    leave();
  }, [isMissing, report, leave]);
}

/** The messages that are shown, and the way to the newest: those around an anchor are left, dropped ones are read again. */
function useShownMessages(accountId: number, chatId: number, composing: ReturnType<typeof useComposing>, { anchor, leave }: ReturnType<typeof useAnchor>) {
  const { list, report } = composing;
  const [isAtNewest, setAtNewest] = useState(false);
  const messages = useMessages({ accountId, chatId, around: anchor, isAtNewest });
  useMissingAnchor(anchor, messages.error, report, leave);
  const { hasPreviousPage, renew } = messages;
  const toNewest = () => {
    setAtNewest(true);
    if (anchor !== null) leave();
    else if (hasPreviousPage) {
      renew().then(
        () => list.current?.toEnd(),
        (error: unknown) => report(describeError(error)),
      );
    }
  };
  return { messages, isAtNewest, toNewest };
}

/** Sends from the end of the thread, where the message will appear. */
function useSend(accountId: number, chatId: number, seenSeq: number, toNewest: () => void) {
  const { store } = useInbox();
  /** Resolves after the first attempt, with whether the server has it. */
  return async (text: string, quoted: Message | null, files: readonly File[], isVoice: boolean) => {
    toNewest();
    const [clientId, extras] = [makeClientId(), { quoted, seenSeq, ...(files.length === 0 ? {} : { files, isVoice }) }];
    await store.send(accountId, chatId, text, clientId, extras);
    return !store.getSnapshot().pending.some((entry) => entry.clientId === clientId);
  };
}

const NO_ENTRIES: readonly Entry[] = [];

/** The messages, and between them what only the team sees. */
function useEntries(messages: ReturnType<typeof useMessages>, items: readonly InternalItem[]): readonly Entry[] {
  const { bubbles, hasNextPage, hasPreviousPage } = messages;
  return useMemo(
    () => (bubbles === null ? NO_ENTRIES : placeItems(bubbles, items, { hasOlder: hasNextPage, hasNewer: hasPreviousPage })),
    [bubbles, items, hasNextPage, hasPreviousPage],
  );
}

export interface ThreadProps {
  readonly account: Account;
  readonly chatId: number;
  /** The chat's row in the list, if it is there. */
  readonly listed: Chat | undefined;
}

export function useThreadState({ account, chatId, listed }: ThreadProps) {
  const { chat, error, refetch } = useChat(account.id, chatId, listed);
  const maySend = useCan()("send", account);
  const isChannel = chat?.kind === "channel";
  const link = useAnchor();
  const composing = useComposing({ account, chatId, canAct: maySend && !isChannel, goTo: link.goTo });
  const tray = useTray(account.id, chatId);
  const { messages, isAtNewest, toNewest } = useShownMessages(account.id, chatId, composing, link);
  const reading = useReading(messages, chat, maySend);
  useOpenChat(chatId);
  useFollowedThread(chatId, reading.mark ?? 0, () => {
    toNewest();
    composing.list.current?.toEnd();
  });
  const activities = useActivities(account.id, chatId, messages.bubbles?.[0]?.orderedAt ?? null);
  const noting = useNoting(chatId, composing.report);
  const notes = useNotes(account.id, chatId, messages);
  const lines = useLines(chat, activities);
  const items = useMemo(() => [...notes, ...lines], [notes, lines]);
  const entries = useEntries(messages, items);
  const others = [...activities.map(({ seq }) => seq), ...seqsOf(notes)];
  const send = useSend(account.id, chatId, seenUpTo(reading.seen, messages.hasPreviousPage ? [] : others), toNewest);
  const held = useHeld(chatId, tray);
  return { account, chatId, chat, chatError: error, refetchChat: refetch, isChannel, messages, entries, reading, anchor: link.anchor, isAtNewest, toNewest, tray, noting, activities, send, held, ...composing };
}

export type ThreadState = ReturnType<typeof useThreadState>;
