/** Shows when the page is not live, and how many messages arrived when it is again. */
import { useEffect, useState } from "react";
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { useConnectionState, useFeed } from "@/lib/socket/context";
import { useMissed } from "./missed";
import { classes } from "@/components/classes";
import styles from "./banner.module.css";

/** Shorter interruptions are not shown. */
const PATIENCE_MS = 1_500;
/** The first connection may take longer: the page is still loading. */
const FIRST_PATIENCE_MS = 6_000;
const BACK_MS = 4_000;
const MAX_COUNT = 99;

type Phase = "first" | "quiet" | "lost";

/** How long until the phase changes, while live and while not. */
const DELAYS_MS: Readonly<Record<Phase, { readonly live: number; readonly away: number }>> = {
  first: { live: 0, away: FIRST_PATIENCE_MS },
  quiet: { live: 0, away: PATIENCE_MS },
  lost: { live: BACK_MS, away: 0 },
};

export function ConnectionBanner() {
  const state = useConnectionState();
  const missed = useMissed();
  const isLive = state === "live";
  const isRejected = state === "refused";
  // "stopped": not started yet, or signed out.
  const isWanted = state !== "stopped" && !isRejected;
  const [phase, setPhase] = useState<Phase>("first");
  useEffect(() => {
    if (!isWanted) return undefined;
    const delay = DELAYS_MS[phase][isLive ? "live" : "away"];
    const timer = setTimeout(() => setPhase(isLive ? "quiet" : "lost"), delay);
    return () => clearTimeout(timer);
  }, [isWanted, isLive, phase]);
  return (
    <div role="status" aria-live="polite">
      {isRejected && <Rejected />}
      {!isRejected && phase === "lost" && (
        <p className={classes(styles.banner, isLive ? styles.back : styles.lost)} data-testid="connection-banner">
          {isLive ? welcomeBack(missed) : t("app.connection.lost")}
        </p>
      )}
    </div>
  );
}

function welcomeBack(missed: number): string {
  if (missed === 0) return t("app.connection.back");
  return t("app.connection.backNew", { count: missed > MAX_COUNT ? `${MAX_COUNT}+` : missed });
}

function Rejected() {
  const feed = useFeed();
  return (
    <p className={classes(styles.banner, styles.lost)} data-testid="connection-banner">
      <span>{t("app.connection.rejected")}</span>
      <Button size="small" tone="quiet" onClick={() => feed.start()}>
        {t("app.retry")}
      </Button>
    </p>
  );
}
