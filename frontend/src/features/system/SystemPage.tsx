/** The state of the installation, for owners: checks, dead letters, and what needs an action. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { formatClock } from "@/lib/time";
import type { System } from "@/types/wire";
import { Checks } from "./Checks";
import { DeadLetters } from "./DeadLetters";
import { Figures } from "./Figures";
import { summarise } from "./labels";
import { useRefresh, useSystem } from "./queries";
import styles from "./system.module.css";

export function SystemPage() {
  const system = useSystem();
  const refresh = useRefresh();
  if (system.data === undefined) {
    if (system.isError) {
      return <ErrorState title={t("system.failed")} message={describeError(system.error)} onRetry={() => void system.refetch()} />;
    }
    return (
      <Loading label={t("system.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <>
      <Summary system={system.data} isBusy={system.isFetching} onRefresh={refresh} />
      {system.isRefetchError && <Notice tone="bad">{describeError(system.error)}</Notice>}
      <Checks checks={system.data.checks} />
      <DeadLetters />
      <Figures system={system.data} />
    </>
  );
}

interface SummaryProps {
  readonly system: System;
  readonly isBusy: boolean;
  readonly onRefresh: () => void;
}

function Summary({ system, isBusy, onRefresh }: SummaryProps) {
  return (
    <header className={styles.summary}>
      <div role="status">
        <h2 data-testid="system-summary">{summarise(system)}</h2>
        <p className="muted">{t("system.checked", { time: formatClock(system.checked_at) })}</p>
      </div>
      <Button isBusy={isBusy} onClick={onRefresh} data-testid="system-refresh">
        <Icon name="refresh" size={18} />
        <Text>{t("system.refresh")}</Text>
      </Button>
    </header>
  );
}
