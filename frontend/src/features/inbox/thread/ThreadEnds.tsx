/** What is shown at both ends of a thread: more to read, an error, or its beginning. */
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import type { useMessages } from "./list/useMessages";
import styles from "./list/message-list.module.css";

interface ThreadEndProps {
  readonly thread: ReturnType<typeof useMessages>;
}

/** Below the newest loaded message, while there are newer ones. */
export function ThreadRest({ thread }: ThreadEndProps) {
  if (!thread.isFetchPreviousPageError) return <p className={styles.edge}>{t("thread.loadingNewer")}</p>;
  return (
    <p className={styles.edge}>
      <span>{t("thread.newerFailed")}</span>
      <Button size="small" tone="quiet" onClick={() => void thread.fetchPreviousPage()}>
        {t("thread.tryAgain")}
      </Button>
    </p>
  );
}

/** Above the oldest loaded message. */
export function ThreadStart({ thread }: ThreadEndProps) {
  if (!thread.isFetchNextPageError) return <p className={styles.edge}>{t(thread.hasNextPage ? "thread.loadingOlder" : "thread.start")}</p>;
  return (
    <p className={styles.edge}>
      <span>{t("thread.olderFailed")}</span>
      <Button size="small" tone="quiet" onClick={() => void thread.fetchNextPage()}>
        {t("thread.tryAgain")}
      </Button>
    </p>
  );
}
