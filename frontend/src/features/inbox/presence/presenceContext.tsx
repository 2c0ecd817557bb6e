/** Provides the presence of colleagues to components. */
import { createContext, use, useEffect, useState, useSyncExternalStore, type ReactNode } from "react";
import { useFeed } from "@/lib/socket/context";
import { NO_COLLEAGUES, PresenceStore, type ChatPresence } from "./presence";

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
