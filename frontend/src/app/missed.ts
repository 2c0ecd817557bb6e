/** How many messages came in by catching up after the connection was lost. */
import { useEffect, useState } from "react";
import { useFeed } from "@/lib/socket/context";
import type { Feed } from "@/lib/socket/feed";
import { isRecord } from "@/lib/socket/frames";

/** The id of a message somebody wrote to us; null for every other change. */
function newsOf(event: string, data: unknown): number | null {
  if (event !== "message:new" || !isRecord(data) || typeof data.id !== "number") return null;
  return data.direction === "in" && data.is_event !== true ? data.id : null;
}

/** Calls back with the number whenever it changes: none when the connection goes, then what the replay holds. */
function countMissed(feed: Feed, tell: (count: number) => void): () => void {
  const missed = new Set<number>();
  let wasLive = feed.state === "live";
  let isCatchingUp = false;
  return feed.listen({
    onState: (state) => {
      if (wasLive && state !== "live") {
        missed.clear();
        isCatchingUp = true;
        tell(0);
      }
      wasLive = state === "live";
    },
    onChange: (event, data) => {
      const id = newsOf(event, data);
      if (id === null || !isCatchingUp) return;
      // The first that comes when nothing is missing any more is news, not something missed.
      if (feed.isComplete) isCatchingUp = false;
      else tell(missed.add(id).size);
    },
  });
}

export function useMissed(): number {
  const feed = useFeed();
  const [count, setCount] = useState(0);
  useEffect(() => countMissed(feed, setCount), [feed]);
  return count;
}
