/** The chats behind a figure, newest first. */
import { Link } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { classes } from "@/components/classes";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import type { FactFilter } from "@/lib/api/reports";
import { formatExact } from "@/lib/time";
import type { ReportFact } from "@/types/wire";
import { formatDuration } from "./format";
import { useFacts } from "./queries";
import styles from "./reports.module.css";

interface FactsDialogProps {
  readonly filter: FactFilter;
  readonly onClose: () => void;
}

export function FactsDialog({ filter, onClose }: FactsDialogProps) {
  return (
    <Dialog title={titleOf(filter)} variant="wide" onClose={onClose}>
      <Facts filter={filter} />
    </Dialog>
  );
}

function titleOf({ open_at, measure, target }: FactFilter): string {
  if (open_at !== undefined) return t("reports.plot.backlog");
  const name = t(`reports.measure.${measure}`);
  return target === undefined || target === "any" ? name : t(`reports.targets.title.${target}`, { measure: name });
}

function Facts({ filter }: { readonly filter: FactFilter }) {
  const query = useFacts(filter);
  if (query.data === undefined) {
    if (query.isError) return <ErrorState title={t("reports.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />;
    return (
      <Loading label={t("reports.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <>
      <ol className={styles.facts}>
        {query.data.pages.flatMap(({ items }) => items).map((fact) => (
          <FactRow key={fact.id} fact={fact} filter={filter} />
        ))}
      </ol>
      {query.isFetchNextPageError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("reports.more")}
        </Button>
      )}
    </>
  );
}

/** By the clock of the target, whichever the report shows. */
function nameOutcome({ is_met, promised_office }: ReportFact, minutes: number): string {
  const [clock, promised] = [promised_office === true ? "office" : "all", formatDuration(minutes * 60)] as const;
  return is_met === true ? t(`reports.targets.met.${clock}`, { promised }) : t(`reports.targets.breached.${clock}`, { promised });
}

function FactRow({ fact, filter }: { readonly fact: ReportFact; readonly filter: FactFilter }) {
  const seconds = filter.clock === "office" ? fact.open_seconds : fact.seconds;
  return (
    <li className={styles.fact} data-testid="report-fact">
      <Link to={`/inbox/${fact.account_id}/${fact.chat_id}`}>
        <Exact>{fact.chat_title ?? t("reports.unnamed")}</Exact>
      </Link>
      {fact.measure !== "opened" && <strong>{formatDuration(seconds)}</strong>}
      {fact.promised_minutes !== null && fact.is_met !== null && <span className={classes(!fact.is_met && styles.breached)}>{nameOutcome(fact, fact.promised_minutes)}</span>}
      <span className={styles.who}>
        {fact.user_name !== null && <Exact>{fact.user_name}</Exact>}
        <Time at={fact.at}>{formatExact(fact.at)}</Time>
      </span>
    </li>
  );
}
