/** Hands to the components who else is in a chat, and tells the others what is done here. */
import { createContext, use, useCallback, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { FeedContext, useFeed } from "@/lib/socket/context";
import { isBlank } from "@/lib/texts";
import { NOBODY, People, type ChatPeople } from "./presence";

/** Said again while it goes on; the server forgets it after six seconds. */
export const TYPING_REPEAT_MS = 4_000;
/** No key for so long: thinking is not typing. */
export const TYPING_PAUSE_MS = 5_000;

const PeopleContext = createContext<People | null>(null);

export function PeopleProvider({ userId, children }: { readonly userId: number; readonly children: ReactNode }) {
  const feed = useFeed();
  const [people] = useState(() => new People(userId));
  useEffect(
    () =>
      feed.listen({
        onChange: (event, data) => people.take(event, data),
        onState: (state) => {
          if (state !== "live") people.clear();
        },
      }),
    [feed, people],
  );
  return <PeopleContext value={people}>{children}</PeopleContext>;
}

const NEVER = () => () => undefined;

export function useColleagues(chatId: number): ChatPeople {
  const people = use(PeopleContext);
  return useSyncExternalStore(people?.subscribe ?? NEVER, () => people?.of(chatId) ?? NOBODY);
}

/** Others see this chat as open here, as long as the page can be seen. */
export function useOpenChat(chatId: number): void {
  const feed = use(FeedContext);
  useEffect(() => {
    let leave: (() => void) | null = null;
    const look = () => {
      if (document.visibilityState === "visible") leave ??= feed?.openChat(chatId) ?? null;
      else {
        leave?.();
        leave = null;
      }
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      leave?.();
    };
  }, [feed, chatId]);
}

/** To be called with what the field holds, at each change. */
export function useTyping(chatId: number): (text: string) => void {
  const feed = use(FeedContext);
  const saidAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stop = useCallback(() => {
    clearTimeout(timer.current);
    if (saidAt.current > 0) feed?.setTyping(chatId, false);
    saidAt.current = 0;
  }, [feed, chatId]);
  useEffect(() => stop, [stop]);
  return (text) => {
    clearTimeout(timer.current);
    if (isBlank(text)) {
      stop();
      return;
    }
    timer.current = setTimeout(stop, TYPING_PAUSE_MS);
    if (Date.now() - saidAt.current < TYPING_REPEAT_MS) return;
    saidAt.current = Date.now();
    feed?.setTyping(chatId, true);
  };
}
