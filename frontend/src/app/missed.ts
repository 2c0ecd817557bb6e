/** How many messages came in by catching up after the connection was lost. */
import { useEffect, useState } from "react";
import { useFeed } from "@/lib/socket/context";
import type { Change } from "@/lib/socket/changes";
import type { LiveFeed } from "@/lib/socket/lateFeed";

/** The id of a new message from a contact; null for every other change. */
function incomingIdOf({ event, data }: Change): number | null {
  return event === "message:new" && data.direction === "in" && !data.is_event ? data.id : null;
}

/** Reports the count whenever it changes: zero when the connection is lost, then what the replay brings. */
function countMissed(feed: LiveFeed, onCount: (count: number) => void): () => void {
  const missed = new Set<number>();
  let wasLive = feed.state === "live";
  let isCatchingUp = false;
  return feed.listen({
    onState: (state) => {
      if (wasLive && state !== "live") {
        missed.clear();
        isCatchingUp = true;
        onCount(0);
      }
      wasLive = state === "live";
    },
    onChange: (change) => {
      const id = incomingIdOf(change);
      if (id === null || !isCatchingUp) return;
      // The first message after the replay is complete arrived live.
      if (feed.isComplete) isCatchingUp = false;
      else onCount(missed.add(id).size);
    },
  });
}

export function useMissed(): number {
  const feed = useFeed();
  const [count, setCount] = useState(0);
  useEffect(() => countMissed(feed, setCount), [feed]);
  return count;
}
