/** Reports the user's own presence to colleagues: the open chat, and typing. */
import { use, useCallback, useEffect, useRef } from "react";
import { FeedContext } from "@/lib/socket/context";
import { isBlank } from "@/lib/texts";

/** Sent again while the user types; the server expires it after six seconds. */
export const TYPING_REPEAT_MS = 4_000;
/** Without a keystroke for this long the user no longer counts as typing. */
export const TYPING_PAUSE_MS = 5_000;

/** Colleagues see this chat as open here while the page is visible. */
export function useOpenChat(chatId: number): void {
  const feed = use(FeedContext);
  useEffect(() => {
    let leave: (() => void) | null = null;
    const update = () => {
      if (document.visibilityState === "visible") leave ??= feed?.openChat(chatId) ?? null;
      else {
        leave?.();
        leave = null;
      }
    };
    update();
    document.addEventListener("visibilitychange", update);
    return () => {
      document.removeEventListener("visibilitychange", update);
      leave?.();
    };
  }, [feed, chatId]);
}

/** Call the result with the text of the field at each change. */
export function useTyping(chatId: number): (text: string) => void {
  const feed = use(FeedContext);
  const sentAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (sentAt.current > 0) feed?.setTyping(chatId, false);
    sentAt.current = 0;
  }, [feed, chatId]);
  useEffect(() => stop, [stop]);
  return (text) => {
    clearTimeout(timer.current);
    if (isBlank(text)) {
      stop();
      return;
    }
    timer.current = setTimeout(stop, TYPING_PAUSE_MS);
    if (Date.now() - sentAt.current < TYPING_REPEAT_MS) return;
    sentAt.current = Date.now();
    feed?.setTyping(chatId, true);
  };
}
