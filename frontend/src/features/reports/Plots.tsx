/** The plots of one measure: step by step, by duration, and what was open. */
import { useMemo } from "react";
import { t } from "@/i18n/translate";
import type { FactFilter, ReportFilter } from "@/lib/api/reports";
import { formatCount } from "@/lib/counts";
import { formatMoment } from "@/lib/time";
import type { MeasureReport, Report, ReportBacklog } from "@/types/wire";
import type { Measure } from "./choice";
import { formatAxis, formatDay, formatDurationOrNone, formatMet, formatPercent, formatRange, formatStep, nameBucket, percentMet } from "./format";
import { Plot, type Column } from "./Plot";
import { useBacklog } from "./queries";
import styles from "./reports.module.css";
import { samplesOf } from "./backlog";

type Open = (changes: Partial<FactFilter>) => void;

interface MeasurePlotsProps {
  readonly report: Report;
  readonly measure: Measure;
  readonly isBusy: boolean;
  readonly onOpen: Open;
}

export function MeasurePlots({ report, measure, isBusy, onOpen }: MeasurePlotsProps) {
  const own = report.measures.find((row) => row.measure === measure);
  if (own === undefined) return null;
  const hasDuration = measure !== "opened";
  return (
    <>
      <div className={styles.plots}>
        <Plot
          title={hasDuration ? t("reports.plot.median", { measure: t(`reports.measure.${measure}`) }) : t("reports.measure.opened")}
          axis={t(`reports.step.${report.step}`)}
          columns={stepColumns(own, report.step, hasDuration, onOpen)}
          formatValue={hasDuration ? formatAxis : formatCount}
          isDuration={hasDuration}
          isBusy={isBusy}
        />
        {hasDuration && (
          <Plot title={t("reports.plot.buckets")} axis={t("reports.duration")} columns={bucketColumns(own, report.bucket_starts, onOpen)} formatValue={formatCount} isBusy={isBusy} />
        )}
      </div>
      {hasDuration && hasTargets(own) && (
        <Plot
          title={t("reports.targets.plot", { measure: t(`reports.measure.${measure}`) })}
          axis={t(`reports.step.${report.step}`)}
          columns={targetColumns(own, report.step, onOpen)}
          formatValue={formatPercent}
          top={100}
          isBusy={isBusy}
        />
      )}
    </>
  );
}

/** Whether anything was promised, in the period or in the one before. */
export const hasTargets = ({ now, before }: Pick<MeasureReport, "now" | "before">): boolean => now.met + now.breached + before.met + before.breached > 0;

function targetColumns({ steps, measure }: MeasureReport, step: Report["step"], onOpen: Open): readonly Column[] {
  return steps.map(({ first_day, last_day, met, breached }) => ({
    key: first_day,
    label: formatStep(step, first_day),
    name: formatRange(first_day, last_day),
    value: percentMet({ met, breached }),
    text: met + breached === 0 ? nameNone(measure) : t("reports.targets.of", { share: formatMet({ met, breached }), met, breached }),
    onOpen: met + breached > 0 ? () => onOpen({ since: first_day, until: last_day, target: "any" }) : undefined,
  }));
}

const nameNone = (measure: MeasureReport["measure"]): string => (measure === "opened" ? formatCount(0) : t(`reports.plot.none.${measure}`));

function describeMedian(measure: MeasureReport["measure"], n: number, median: number | null): string {
  if (median === null) return nameNone(measure);
  return t("reports.plot.medianOf", { duration: formatDurationOrNone(median), count: t(`reports.count.${measure}`, { count: n }) });
}

function stepColumns({ steps, measure }: MeasureReport, step: Report["step"], hasDuration: boolean, onOpen: Open): readonly Column[] {
  return steps.map(({ first_day, last_day, n, median }) => ({
    key: first_day,
    label: formatStep(step, first_day),
    name: formatRange(first_day, last_day),
    value: hasDuration ? median : n,
    text: hasDuration ? describeMedian(measure, n, median) : formatCount(n),
    onOpen: n > 0 ? () => onOpen({ since: first_day, until: last_day }) : undefined,
  }));
}

function bucketColumns({ now }: MeasureReport, starts: readonly number[], onOpen: Open): readonly Column[] {
  return now.buckets.map((n, index) => {
    const [from = 0, below] = [starts[index], starts[index + 1]];
    return {
      key: String(from),
      label: index === 0 ? `< ${formatAxis(below ?? 0)}` : `≥ ${formatAxis(from)}`,
      name: nameBucket(starts, index),
      value: n,
      text: formatCount(n),
      onOpen: n > 0 ? () => onOpen({ at_least: from, ...(below !== undefined && { below }) }) : undefined,
    };
  });
}

/** Of all users and labels: what is open has no owner yet. */
export function BacklogPlot({ filter, onOpen }: { readonly filter: ReportFilter; readonly onOpen: Open }) {
  const query = useBacklog(filter);
  const columns = useMemo(() => (query.data === undefined ? [] : backlogColumns(query.data, onOpen)), [query.data, onOpen]);
  if (query.data === undefined) return null;
  return <Plot title={t("reports.plot.backlog")} axis={t("reports.time")} columns={columns} formatValue={formatCount} isBusy={query.isPlaceholderData} />;
}

function backlogColumns(backlog: ReportBacklog, onOpen: Open): readonly Column[] {
  return samplesOf(backlog).map(({ at, open }) => ({
    key: at,
    label: formatDay(at.slice(0, 10)),
    name: formatMoment(at),
    value: open,
    text: t("reports.plot.open", { count: open }),
    onOpen: open > 0 ? () => onOpen({ measure: "opened", open_at: at }) : undefined,
  }));
}
