/** The whole page when the app was opened and the server cannot be reached: offline, or the server does not answer. */
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { EmptyState, ErrorState } from "@/components/States";
import { useSession } from "@/features/session/context";
import { t } from "@/i18n/translate";
import styles from "./splash.module.css";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

export function Unreachable() {
  const session = useSession();
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  // The session tries again every few seconds; with the network back it does so at once.
  const retry = useEffectEvent(() => void session.restore());
  useEffect(() => {
    const onOnline = () => retry();
    addEventListener("online", onOnline);
    return () => removeEventListener("online", onOnline);
  }, []);
  return (
    <main className={styles.splash} id="main">
      {isOnline ? <NoAnswer onRetry={() => void session.restore()} /> : <Offline />}
    </main>
  );
}

function Offline() {
  return (
    <div role="status" data-testid="offline">
      <EmptyState level={1} icon="offline" title={t("app.offline.title")}>
        {t("app.offline.text")}
      </EmptyState>
    </div>
  );
}

function NoAnswer({ onRetry }: { readonly onRetry: () => void }) {
  return <ErrorState level={1} title={t("app.unreachable.title")} message={t("app.unreachable.text")} onRetry={onRetry} />;
}
