/** Keeps what is sent before the outbox is loaded in the draft, which outlives the page. */
import { useRef } from "react";
import { useInbox } from "@/features/inbox/context";

/** Returns how to wait. It resolves with false if the text was changed meanwhile, or waits already. */
export function useWaitForOutbox(chatId: number): (text: string) => Promise<boolean> {
  const { drafts, store } = useInbox();
  const isWaiting = useRef(false);
  return async (text) => {
    if (isWaiting.current) return false;
    isWaiting.current = true;
    await store.outbox.attached();
    isWaiting.current = false;
    return drafts.read(chatId).text === text;
  };
}
