/** What happens in the open chat beside its messages: the one answered or changed, what is asked, what went wrong. */
import { useEffect, useMemo, useState } from "react";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import type { Message } from "@/types/wire";
import { guessDeletion, guessEdit, guessFetch, guessReaction } from "./amendments";
import { showMessage, useAnchor } from "./anchor";
import { useInbox } from "@/features/inbox/context";
import type { ThreadActions } from "./threadContext";

const SENTENCE_MS = 8_000;

/** What the field below the messages is for, when not for a message of its own. */
export interface Intent {
  readonly kind: "reply" | "edit";
  readonly message: Message;
}

export interface Question {
  readonly kind: "delete" | "retry";
  readonly message: Message;
}

/** A sentence that goes away by itself. */
function useSentence() {
  const [sentence, report] = useState<string | null>(null);
  useEffect(() => {
    if (sentence === null) return undefined;
    const timer = setTimeout(() => report(null), SENTENCE_MS);
    return () => clearTimeout(timer);
  }, [sentence]);
  return [sentence, report] as const;
}

/** The changes themselves: shown at once, taken back with a sentence when they are refused. */
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

export function useThreadState(canAct: boolean) {
  const [intent, setIntent] = useState<Intent | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const [sentence, report] = useSentence();
  const amending = useAmending(report);
  const { goTo, leave } = useAnchor();
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
      copy: (text) => void copy(text, report),
      jumpTo: (messageId) => {
        // One that was not read yet is read, with what is around it.
        if (!showMessage(messageId, "smooth")) goTo(messageId);
      },
    }),
    [canAct, amending, report, goTo],
  );
  return { actions, amending, intent, setIntent, question, setQuestion, sentence, report, leaveAnchor: leave };
}
