/** Says when the page is not live, and when it is again. */
import { useEffect, useState } from "react";
import { useConnectionState } from "@/lib/socket/context";

/** A blip nobody would notice is not mentioned. */
const PATIENCE_MS = 1_500;
/** The very first connection may take its time: the page is loading anyway. */
const FIRST_PATIENCE_MS = 6_000;
const BACK_MS = 3_000;

type Phase = "first" | "quiet" | "lost";

/** How long until the phase changes, while live and while not. */
const DELAYS_MS: Readonly<Record<Phase, { readonly live: number; readonly away: number }>> = {
  first: { live: 0, away: FIRST_PATIENCE_MS },
  quiet: { live: 0, away: PATIENCE_MS },
  lost: { live: BACK_MS, away: 0 },
};

export function ConnectionBanner() {
  const state = useConnectionState();
  const isLive = state === "live";
  // Stopped means not wanted yet, or nobody signed in.
  const isWanted = state !== "stopped";
  const [phase, setPhase] = useState<Phase>("first");
  useEffect(() => {
    if (!isWanted) return undefined;
    const delay = DELAYS_MS[phase][isLive ? "live" : "away"];
    const timer = setTimeout(() => setPhase(isLive ? "quiet" : "lost"), delay);
    return () => clearTimeout(timer);
  }, [isWanted, isLive, phase]);
  return (
    <div role="status" aria-live="polite">
      {phase === "lost" && (
        <p className={`banner ${isLive ? "banner-back" : "banner-lost"}`} data-testid="connection-banner">
          {isLive ? "Back online" : "Reconnecting… New messages appear as soon as we are back."}
        </p>
      )}
    </div>
  );
}
