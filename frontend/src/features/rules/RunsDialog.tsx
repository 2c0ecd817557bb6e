/** The last runs of a rule, each with its chat. */
import { Link } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import { formatAgo } from "@/lib/time";
import type { Rule, RuleRun } from "@/types/wire";
import { useRuns } from "./queries";
import { describeRun } from "./ruleTexts";
import panelStyles from "@/components/panels.module.css";
import styles from "./rules.module.css";

interface RunsDialogProps {
  readonly rule: Rule;
  readonly onClose: () => void;
}

export function RunsDialog({ rule, onClose }: RunsDialogProps) {
  return (
    <Dialog title={t("rules.runsOf", { name: isolate(rule.name) })} variant="wide" onClose={onClose}>
      <div className={styles.runs}>
        <Runs ruleId={rule.id} />
      </div>
    </Dialog>
  );
}

function Runs({ ruleId }: { readonly ruleId: number }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(ruleId);
  if (error !== null) return <Notice tone="bad">{describeError(error)}</Notice>;
  if (data === undefined) {
    return (
      <Loading label={t("rules.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  const runs = data.pages.flatMap(({ items }) => items);
  if (runs.length === 0) return <p className={styles.hint}>{t("rules.noRuns")}</p>;
  return (
    <div className={styles.rows}>
      <ul className={panelStyles.entries}>
        {runs.map((run) => <RunRow key={run.id} run={run} />)}
      </ul>
      {hasNextPage && <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t("rules.moreRuns")}</Button>}
    </div>
  );
}

function RunRow({ run }: { readonly run: RuleRun }) {
  return (
    <li className={panelStyles.entry} data-testid="rule-run">
      <div className={panelStyles.entryText}>
        <strong><Link to={`/inbox/${run.account_id}/${run.chat_id}`}><bdi translate="no">{run.title ?? t("rules.unnamedChat")}</bdi></Link></strong>
        <span>{[t(`rules.outcome.${run.outcome}`), formatAgo(run.at)].join(" · ")}</span>
        <span>{describeRun(run)}</span>
      </div>
    </li>
  );
}
