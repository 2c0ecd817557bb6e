/** Keeps what is sent before the outbox is loaded in its draft, which outlives the page. */
import { useRef } from "react";
import type { LateOutbox } from "@/features/inbox/data/lateOutbox";

/** Returns how to wait. It resolves with false if the text of the draft was changed meanwhile, or waits already. */
export function useWaitForOutbox(outbox: LateOutbox, readText: () => string | undefined): () => Promise<boolean> {
  const isWaiting = useRef(false);
  return async () => {
    if (isWaiting.current) return false;
    const text = readText();
    isWaiting.current = true;
    await outbox.attached();
    isWaiting.current = false;
    return readText() === text;
  };
}
