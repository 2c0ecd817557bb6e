/** The targets in the settings: in the order in which they are tried, switched on and off, moved and changed. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { OrderedEntries } from "@/features/rules/OrderedEntries";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Target } from "@/types/wire";
import { KINDS, minutesOf } from "./drafts";
import { formatDuration } from "./durations";
import { useChangeTarget, useTargets } from "./queries";
import { TargetDialog } from "./TargetDialog";
import panelStyles from "@/components/panels.module.css";

/** Null: none is open; "new": one is created. */
type Opened = Target | "new" | null;

export function TargetsPage() {
  const targets = useTargets();
  const [opened, setOpened] = useState<Opened>(null);
  return (
    <>
      <section className={panelStyles.panel} aria-labelledby="targets-title">
        <div className={panelStyles.head}>
          <h2 id="targets-title">{t("targets.title")}</h2>
          <Button tone="primary" onClick={() => setOpened("new")} data-testid="target-new">{t("targets.new")}</Button>
        </div>
        <p>{t("targets.about")}</p>
      </section>
      <TargetList targets={targets} onOpen={setOpened} />
      {opened !== null && <TargetDialog target={opened === "new" ? null : opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface TargetListProps {
  readonly targets: ReturnType<typeof useTargets>;
  readonly onOpen: (target: Target) => void;
}

function TargetList({ targets: { data, isError, error, refetch }, onOpen }: TargetListProps) {
  const change = useChangeTarget();
  if (data === undefined) {
    if (isError) return <ErrorState title={t("targets.failed")} message={describeError(error)} onRetry={() => void refetch()} />;
    return (
      <Loading label={t("rules.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  if (data.length === 0) return <EmptyState icon="waiting" title={t("targets.empty")}>{t("targets.emptyText")}</EmptyState>;
  return (
    <>
      {change.error !== null && <Notice tone="bad">{describeError(change.error)}</Notice>}
      <OrderedEntries
        label={t("targets.title")}
        entries={data}
        testId="target"
        describe={(target) => [describePromises(target), describeReach(target)]}
        onSwitch={({ id }, is_on) => change.mutate({ id, body: { is_on } })}
        onMove={({ id }, after_id) => change.mutate({ id, body: { after_id } })}
        renderActions={(target) => target.may_change && (
          <Button size="small" tone="quiet" aria-label={t("rules.editOf", { name: isolate(target.name) })} onClick={() => onOpen(target)} data-testid="target-edit">{t("rules.edit")}</Button>
        )}
      />
    </>
  );
}

/** "First reply: 30 minutes · Closed: 3 days". */
function describePromises(target: Target): string {
  const promised = KINDS.flatMap((kind) => {
    const minutes = minutesOf(target, kind);
    return minutes === null ? [] : [t(`targets.promise.${kind}`, { time: formatDuration(minutes, target.office_hours) })];
  });
  return promised.join(" · ");
}

/** Which hours count, and for which chats. */
const describeReach = ({ office_hours: isOfOffice, conditions }: Target): string =>
  [t(isOfOffice ? "targets.inOffice" : "targets.inAllTime"), conditions.length === 0 ? t("targets.allChats") : t("rules.conditions", { count: conditions.length })].join(" · ");
