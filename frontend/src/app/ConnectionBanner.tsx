/** Says when the page is not live, and when it is again. */
import { useEffect, useState } from "react";
import { useConnectionState } from "@/lib/socket/context";

/** A blip nobody would notice is not mentioned. */
const PATIENCE_MS = 1_500;
const BACK_MS = 3_000;

type Phase = "quiet" | "lost" | "back";

export function ConnectionBanner() {
  const isLive = useConnectionState() === "live";
  const [phase, setPhase] = useState<Phase>("quiet");
  useEffect(() => {
    const timer = setTimeout(
      () => setPhase((held) => (isLive ? "quiet" : held === "quiet" || held === "back" ? "lost" : held)),
      isLive ? BACK_MS : PATIENCE_MS,
    );
    return () => clearTimeout(timer);
  }, [isLive]);
  const shown: Phase = phase === "lost" && isLive ? "back" : phase;
  return (
    <div className="banner-place" role="status" aria-live="polite">
      {shown !== "quiet" && (
        <p className={`banner banner-${shown}`} data-testid="connection-banner">
          {shown === "lost" ? "Reconnecting… New messages appear as soon as we are back." : "Back online"}
        </p>
      )}
    </div>
  );
}
