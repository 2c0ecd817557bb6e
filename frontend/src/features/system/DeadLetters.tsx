/** The events and jobs that could not be processed, newest first. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { formatAgo, formatExact } from "@/lib/time";
import type { DeadLetter } from "@/types/wire";
import { DeadLetterDialog } from "./DeadLetterDialog";
import { useDeadLetters } from "./queries";
import styles from "./system.module.css";

export function DeadLetters() {
  const [opened, setOpened] = useState<DeadLetter | null>(null);
  return (
    <section className={styles.section} aria-labelledby="dead-letters-title">
      <h2 id="dead-letters-title">{t("system.deadLetters")}</h2>
      <p className="muted">{t("system.deadLetters.about")}</p>
      <List onOpen={setOpened} />
      {opened !== null && <DeadLetterDialog letter={opened} onClose={() => setOpened(null)} />}
    </section>
  );
}

function List({ onOpen }: { readonly onOpen: (letter: DeadLetter) => void }) {
  const query = useDeadLetters();
  const letters = query.data?.pages.flatMap(({ items }) => items);
  if (letters === undefined) {
    if (query.isError) return <ErrorState title={t("system.deadLetters.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />;
    return (
      <Loading label={t("system.deadLetters.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (letters.length === 0) {
    return <EmptyState icon="done" title={t("system.deadLetters.empty")}>{t("system.deadLetters.emptyText")}</EmptyState>;
  }
  return (
    <>
      <ul className={styles.lines} aria-label={t("system.deadLetters")}>
        {letters.map((letter) => (
          <Line key={letter.id} letter={letter} onOpen={onOpen} />
        ))}
      </ul>
      {query.isFetchNextPageError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} data-testid="dead-letters-more">
          {t("system.deadLetters.more")}
        </Button>
      )}
    </>
  );
}

function Line({ letter, onOpen }: { readonly letter: DeadLetter; readonly onOpen: (letter: DeadLetter) => void }) {
  const ago = formatAgo(letter.created_at);
  return (
    <li className={styles.letter} data-testid="dead-letter">
      <div className={styles.letterText}>
        <strong><Exact>{letter.source}</Exact></strong>
        <Exact>{letter.reason}</Exact>
      </div>
      <Time at={letter.created_at} title={formatExact(letter.created_at)} className="muted">{ago}</Time>
      <Button size="small" onClick={() => onOpen(letter)} aria-label={t("system.deadLetters.viewOf", { source: letter.source, ago })}>
        {t("system.deadLetters.view")}
      </Button>
    </li>
  );
}
