/** The plan's limits, how much of them is used, and the month day by day. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact } from "@/components/Text";
import { describeError } from "@/lib/api/errors";
import { currentPeriod, movePeriod, useEntitlements, useUsage } from "@/lib/usage";
import type { Entitlement, Limit } from "@/types/wire";
import { DayPlot } from "./DayPlot";
import { formatDate, formatFullDate, formatMonth, formatCount, namePlan } from "./format";
import { classes } from "@/components/classes";
import styles from "./usage.module.css";

export function UsagePage() {
  return (
    <div className={styles.usage}>
      <header className={styles.head}>
        <h1>Usage</h1>
        <p className="muted">Your plan, and what your own numbers have used of it.</p>
      </header>
      <PlanCard />
      <MonthCard />
    </div>
  );
}

function PlanCard() {
  const entitlements = useEntitlements();
  const row = entitlements.data?.[0];
  if (row === undefined) {
    if (entitlements.isError) {
      const retry = () => void entitlements.refetch();
      return <ErrorState title="Your plan could not be loaded" message={describeError(entitlements.error)} onRetry={retry} />;
    }
    return (
      <Loading label="Loading your plan">
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (!row.is_active) return <NoPlan />;
  return (
    <section className={styles.card} aria-labelledby="usage-plan">
      <div className={styles.cardHead}>
        <h2 id="usage-plan">{`${namePlan(row.plan ?? "")} plan`}</h2>
        <p className="muted">{row.expires_at === null ? "No end date" : `Until ${formatFullDate(row.expires_at)}`}</p>
      </div>
      <LevelNotice messages={row.messages} />
      <div className={styles.meters}>
        <Meter label="Messages this month" {...row.messages} note={`Sent through Confab. A new month begins on ${formatDate(row.messages.until)}.`} />
        <Meter label="Numbers" {...row.accounts} note="Connected, or waiting for a code." />
        <Meter label="People" {...row.seats} note="Members of the team, including invited ones." />
      </div>
    </section>
  );
}

function NoPlan() {
  return (
    <section className={styles.card}>
      <EmptyState icon="chart" title="No plan at the moment">
        Your chats stay readable. Ask the operator of this Confab for a plan to connect numbers and send messages.
      </EmptyState>
    </section>
  );
}

function LevelNotice({ messages }: { readonly messages: Entitlement["messages"] }) {
  if (messages.level === "ok") return null;
  if (messages.level === "warning") {
    return <Notice tone="warn">More than 80% of this month’s messages are used.</Notice>;
  }
  return (
    <Notice tone="bad">
      This month’s messages are used up. Messages still come in; sending goes on from <Exact>{formatDate(messages.until)}</Exact>, or at once
      with a larger plan.
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
  const text = allowed === null ? `${formatCount(used)}, no limit` : `${formatCount(used)} of ${formatCount(allowed)}`;
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
          <IconButton label="Previous month" onClick={() => setPeriod(movePeriod(period, -1))} data-testid="usage-before">
            <Icon name="back" />
          </IconButton>
          <IconButton
            label="Next month"
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
      return <ErrorState title="This month could not be loaded" message={describeError(usage.error)} onRetry={retry} />;
    }
    return (
      <Loading label="Loading the month">
        <Skeleton className={styles.plotSkeleton} />
      </Loading>
    );
  }
  return (
    <>
      <dl className={styles.sums}>
        <Sum name="Received" value={month.messages_rcvd} />
        <Sum name="Sent" value={month.messages_sent} />
        <Sum name="of these through Confab" value={month.sent_here} />
      </dl>
      {month.messages_sent + month.messages_rcvd === 0 ? (
        <p className={styles.quiet}>{`No messages in ${formatMonth(period)}.`}</p>
      ) : (
        <DayPlot days={month.days} label={`Messages a day in ${formatMonth(period)}`} />
      )}
      <p className="muted">Days and months are counted in UTC.</p>
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
