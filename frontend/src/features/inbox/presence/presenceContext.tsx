/** Provides the presence of colleagues to components, and reports the user's own: the open chat, and typing. */
import { createContext, use, useCallback, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { FeedContext, useFeed } from "@/lib/socket/context";
import { isBlank } from "@/lib/texts";
import { NO_COLLEAGUES, PresenceStore, type ChatPresence } from "./presence";

/** Sent again while the user types; the server expires it after six seconds. */
export const TYPING_REPEAT_MS = 4_000;
/** Without a keystroke for this long the user no longer counts as typing. */
export const TYPING_PAUSE_MS = 5_000;

const PresenceContext = createContext<PresenceStore | null>(null);

export function PresenceProvider({ userId, children }: { readonly userId: number; readonly children: ReactNode }) {
  const feed = useFeed();
  const [presence] = useState(() => new PresenceStore(userId));
  useEffect(
    () =>
      feed.listen({
        onChange: (change) => presence.apply(change),
        onState: (state) => {
          if (state !== "live") presence.clear();
        },
      }),
    [feed, presence],
  );
  return <PresenceContext value={presence}>{children}</PresenceContext>;
}

const NEVER = () => () => undefined;

export function useColleagues(chatId: number): ChatPresence {
  const presence = use(PresenceContext);
  return useSyncExternalStore(presence?.subscribe ?? NEVER, () => presence?.of(chatId) ?? NO_COLLEAGUES);
}

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
