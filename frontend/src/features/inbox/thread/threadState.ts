/** The state of the open chat: its rows, how far they were seen, what is being composed, and what went wrong. */
import { useEffect, useMemo, useState } from "react";
import { useApi } from "@/lib/api/context";
import { ApiError, describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import { makeClientId } from "@/lib/ids";
import { useCan } from "@/lib/rights";
import type { Account, Chat, Message } from "@/types/wire";
import { useTray } from "@/features/inbox/composer/Tray";
import { useInbox } from "@/features/inbox/context";
import { useOpenChat } from "@/features/inbox/presence/presenceContext";
import { useChat, useMessages } from "@/features/inbox/queries";
import { guessDeletion, guessEdit, guessFetch, guessReaction } from "./amendments";
import { showMessage, useAnchor } from "./anchor";
import { findSeen, type Bubble } from "./bubbles";
import type { Intent, Question } from "./intent";
import { useMarkRead } from "./reading";
import type { ThreadActions } from "./threadActions";

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

async function copy(text: string, report: (sentence: string) => void): Promise<void> {
  try {
    await copyText(text);
  } catch {
    report("Your browser did not let Confab copy the text.");
  }
}

/** What the user is doing in the chat, and the actions of its bubbles. */
function useComposing(canAct: boolean, goTo: (messageId: number) => void) {
  const [intent, setIntent] = useState<Intent | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [sentence, report] = useSentence();
  const amending = useAmending(report);
  const { store } = useInbox();
  const actions = useMemo(
    (): ThreadActions => ({
      canAct,
      reply: (message) => setIntent({ kind: "reply", message }),
      edit: (message) => setIntent({ kind: "edit", message }),
      askDelete: (message) => setQuestion({ kind: "delete", message }),
      askRetry: (message) =>
        message.status === "unconfirmed" ? setQuestion({ kind: "retry", message }) : amending.retry(message),
      react: amending.react,
      retryAttachment: amending.retryAttachment,
      retryPending: (clientId) => void store.retry(clientId),
      discardPending: (clientId) => store.discard(clientId),
      copy: (text) => void copy(text, report),
      jumpTo: (messageId) => {
        // A message that is not loaded yet is loaded with its surroundings.
        if (!showMessage(messageId, "smooth")) goTo(messageId);
      },
    }),
    [canAct, amending, store, report, goTo],
  );
  return { actions, amending, intent, setIntent, question, setQuestion, sentence, report };
}

/** The `arrived_seq` of the newest message from a contact that is shown; null while no messages are loaded. */
function useSeen(bubbles: readonly Bubble[] | null, chat: Chat | undefined): number | null {
  const seen = useMemo(() => (bubbles === null ? null : findSeen(bubbles)), [bubbles]);
  return bubbles === null ? null : (seen ?? chat?.seq ?? null);
}

/** Reports a linked message that does not exist, and shows the newest messages instead. */
function useMissingAnchor(anchor: number | null, error: Error | null, report: (sentence: string) => void, leave: () => void): void {
  const isMissing = anchor !== null && error instanceof ApiError && error.status === 404;
  useEffect(() => {
    if (!isMissing) return;
    report("That message is no longer in this chat.");
    leave();
  }, [isMissing, report, leave]);
}

/** Sends from the end of the thread, where the message will appear. */
function useSend(accountId: number, chatId: number, seen: number | null, leaveAnchor: () => void) {
  const { store } = useInbox();
  return (text: string, quoted: Message | null, files: readonly File[], isVoice: boolean) => {
    leaveAnchor();
    const extras = { quoted, seenSeq: seen ?? 0, ...(files.length === 0 ? {} : { files, isVoice }) };
    void store.send(accountId, chatId, text, makeClientId(), extras);
  };
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
  const { anchor, goTo, leave: leaveAnchor } = useAnchor();
  const composing = useComposing(maySend && !isChannel, goTo);
  const tray = useTray(composing.report);
  const messages = useMessages(account.id, chatId, anchor);
  useMissingAnchor(anchor, messages.error, composing.report, leaveAnchor);
  const seen = useSeen(messages.bubbles, chat);
  // Viewers leave the chat unread for those who answer.
  useMarkRead(maySend ? chat : undefined, seen);
  useOpenChat(chatId);
  const send = useSend(account.id, chatId, seen, leaveAnchor);
  return { account, chatId, chat, chatError: error, refetchChat: refetch, isChannel, messages, anchor, leaveAnchor, tray, send, ...composing };
}

export type ThreadState = ReturnType<typeof useThreadState>;
