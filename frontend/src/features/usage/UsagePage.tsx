/** The plan's limits, how much of them is used, and the month day by day. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { formatCount } from "@/lib/counts";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useEntitlements } from "@/lib/usage";
import { currentPeriod, movePeriod, useUsage } from "@/lib/monthUsage";
import type { Entitlement, Limit } from "@/types/wire";
import { DayPlot } from "./DayPlot";
import { formatDate, formatFullDate, formatMonth, namePlan } from "./format";
import { classes } from "@/components/classes";
import styles from "./usage.module.css";

export function UsagePage() {
  return (
    <Page title={t("usage.title")} about={t("usage.about")}>
      <PlanCard />
      <MonthCard />
    </Page>
  );
}

function PlanCard() {
  const entitlements = useEntitlements(READ_WHEN_OPENED);
  const row = entitlements.data?.[0];
  if (row === undefined) {
    if (entitlements.isError) {
      const retry = () => void entitlements.refetch();
      return <ErrorState title={t("usage.plan.failed")} message={describeError(entitlements.error)} onRetry={retry} />;
    }
    return (
      <Loading label={t("usage.plan.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (!row.is_active) return <NoPlan />;
  return (
    <section className={styles.card} aria-labelledby="usage-plan">
      <div className={styles.cardHead}>
        <h2 id="usage-plan">{t("usage.plan", { plan: namePlan(row.plan ?? "") })}</h2>
        <p className="muted">{row.expires_at === null ? t("usage.plan.noExpiry") : t("usage.plan.until", { date: formatFullDate(row.expires_at) })}</p>
      </div>
      <LevelNotice messages={row.messages} />
      <div className={styles.meters}>
        <Meter label={t("usage.messages")} {...row.messages} note={t("usage.messages.note", { date: formatDate(row.messages.until) })} />
        <Meter label={t("usage.numbers")} {...row.accounts} note={t("usage.numbers.note")} />
        <Meter label={t("usage.members")} {...row.seats} note={t("usage.members.note")} />
      </div>
    </section>
  );
}

function NoPlan() {
  return (
    <section className={styles.card}>
      <EmptyState icon="chart" title={t("usage.noPlan.title")}>
        {t("usage.noPlan.text")}
      </EmptyState>
    </section>
  );
}

function LevelNotice({ messages }: { readonly messages: Entitlement["messages"] }) {
  if (messages.level === "ok") return null;
  if (messages.level === "warning") {
    return <Notice tone="warn">{t("usage.warning")}</Notice>;
  }
  return (
    <Notice tone="bad">
      {t("usage.reached", { limit: formatCount(messages.allowed ?? 0), date: formatDate(messages.until) })}
    </Notice>
  );
}

interface MeterProps extends Limit {
  readonly label: string;
  readonly note: string;
  readonly level?: Entitlement["messages"]["level"];
}

/** A bar only with a limit; the text says the same. */
function Meter({ label, allowed, used, note, level = "ok" }: MeterProps) {
  const text = allowed === null
    ? t("usage.unlimited", { used: formatCount(used) })
    : t("usage.limited", { used: formatCount(used), allowed: formatCount(allowed) });
  return (
    <div className={styles.meter}>
      <h3>{label}</h3>
      <p className={styles.amount} data-testid="usage-amount">{text}</p>
      {allowed !== null && (
        <meter className={classes(styles.bar, styles[level])} min={0} max={Math.max(allowed, 1)} value={Math.min(used, allowed)} aria-label={label}>
          {text}
        </meter>
      )}
      <p className="muted">{note}</p>
    </div>
  );
}

function MonthCard() {
  const [period, setPeriod] = useState(currentPeriod);
  return (
    <section className={styles.card} aria-labelledby="usage-month">
      <div className={styles.cardHead}>
        <h2 id="usage-month" aria-live="polite">
          {formatMonth(period)}
        </h2>
        <div className={styles.switch}>
          <IconButton label={t("usage.month.before")} onClick={() => setPeriod(movePeriod(period, -1))} data-testid="usage-before">
            <Icon name="back" />
          </IconButton>
          <IconButton
            label={t("usage.month.after")}
            className={styles.after}
            disabled={period >= currentPeriod()}
            onClick={() => setPeriod(movePeriod(period, 1))}
            data-testid="usage-after"
          >
            <Icon name="back" />
          </IconButton>
        </div>
      </div>
      <MonthBody period={period} />
    </section>
  );
}

function MonthBody({ period }: { readonly period: string }) {
  const usage = useUsage(period);
  const month = usage.data?.items[0];
  if (month === undefined) {
    if (usage.isError) {
      const retry = () => void usage.refetch();
      return <ErrorState title={t("usage.month.failed")} message={describeError(usage.error)} onRetry={retry} />;
    }
    return (
      <Loading label={t("usage.month.loading")}>
        <Skeleton className={styles.plotSkeleton} />
      </Loading>
    );
  }
  return (
    <>
      <dl className={styles.sums}>
        <Sum name={t("usage.received")} value={month.messages_rcvd} />
        <Sum name={t("usage.sent")} value={month.messages_sent} />
        <Sum name={t("usage.sentHere")} value={month.sent_here} />
      </dl>
      {month.messages_sent + month.messages_rcvd === 0 ? (
        <p className={styles.quiet}>{t("usage.month.empty", { month: formatMonth(period) })}</p>
      ) : (
        <DayPlot days={month.days} label={t("usage.chart.label", { month: formatMonth(period) })} />
      )}
      <p className="muted">{t("usage.utc")}</p>
    </>
  );
}

function Sum({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}
