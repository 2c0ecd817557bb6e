/** The days of a month as a bar chart of sent and received messages; the same data is available as a table. */
import { useCallback, useId, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { formatCount } from "@/lib/counts";
import type { UsageDay } from "@/types/wire";
import { formatDayOf } from "./format";
import { classes } from "@/components/classes";
import styles from "./day-plot.module.css";

/** Before the plot is measured. */
const ASSUMED_WIDTH = 620;
const HEIGHT = 180;
const LEFT = 36;
const BOTTOM = 22;
const TOP = 8;

/** A round number at or above the maximum that halves well. */
export function roundUp(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= value) ?? value;
}

interface DayPlotProps {
  readonly days: readonly UsageDay[];
  readonly label: string;
}

export function DayPlot({ days, label }: DayPlotProps) {
  const [isTable, setTable] = useState(false);
  return (
    <section aria-label={label}>
      <header className={styles.daysHead}>
        <ul className={styles.legend} aria-hidden="true">
          <li className={styles.legendReceived}>{t("usage.received")}</li>
          <li className={styles.legendSent}>{t("usage.sent")}</li>
        </ul>
        <Button size="small" tone="quiet" onClick={() => setTable(!isTable)} data-testid="usage-as-table">
          {isTable ? t("usage.chart.asChart") : t("usage.chart.asTable")}
        </Button>
      </header>
      {isTable ? <DayTable days={days} /> : <Bars days={days} label={label} />}
    </section>
  );
}

/** Arrow keys move from day to day; the values are announced. */
function Bars({ days, label }: DayPlotProps) {
  const [chosen, setChosen] = useState<number | null>(null);
  const id = useId();
  const onKeyDown = (event: KeyboardEvent) => {
    const last = days.length - 1;
    const goal = GOALS[event.key]?.(chosen, last);
    if (goal === undefined) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, goal)));
  };
  const day = chosen === null ? undefined : days[chosen];
  return (
    <>
      {/** Behaves like a slider: one tab stop, one value at a time. */}
      <div
        className={styles.plot}
        role="slider"
        tabIndex={0}
        aria-label={t("usage.chart.choose", { label })}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(chosen ?? 0) + 1}
        aria-valuetext={day === undefined ? t("usage.chart.days", { count: days.length }) : describeDay(day)}
        aria-describedby={id}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
        data-testid="usage-plot"
      >
        <Drawing days={days} chosen={chosen} onChoose={setChosen} />
      </div>
      <p className={styles.chosen} id={id} data-testid="usage-day">
        {day === undefined ? t("usage.chart.hint") : describeDay(day)}
      </p>
    </>
  );
}

/** Drawn at its own size, so that its text has the size of the page's. */
function useWidth(): readonly [number, (plot: SVGSVGElement) => () => void] {
  const [width, setWidth] = useState(ASSUMED_WIDTH);
  const measure = useCallback((plot: SVGSVGElement) => {
    const observer = new ResizeObserver(([entry]) => entry !== undefined && setWidth(Math.max(LEFT * 2, entry.contentRect.width)));
    observer.observe(plot);
    return () => observer.disconnect();
  }, []);
  return [width, measure];
}

interface DrawingProps {
  readonly days: readonly UsageDay[];
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

function Drawing({ days, chosen, onChoose }: DrawingProps) {
  const top = roundUp(Math.max(...days.flatMap(({ sent, received }) => [sent, received])));
  const [width, measure] = useWidth();
  const step = (width - LEFT) / days.length;
  const height = (value: number) => (value / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <svg ref={measure} viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} aria-hidden="true" onPointerLeave={() => onChoose(null)}>
      {[0, top / 2, top].map((value) => (
        <GridLine key={value} value={value} width={width} y={HEIGHT - BOTTOM - height(value)} />
      ))}
      {days.map((row, index) => {
        const x = LEFT + index * step;
        return (
          <g key={row.day} onPointerEnter={() => onChoose(index)}>
            <rect className={classes(styles.slot, index === chosen && styles.slotOn)} x={x} y={TOP} width={step} height={HEIGHT - TOP - BOTTOM} />
            <Bar kind="received" x={x + step * 0.12} width={step * 0.36} height={height(row.received)} />
            <Bar kind="sent" x={x + step * 0.52} width={step * 0.36} height={height(row.sent)} />
            {(index === 0 || (index + 1) % 5 === 0) && (
              <text className={styles.axis} x={x + step / 2} y={HEIGHT - 5} textAnchor="middle">
                {index + 1}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

interface GridLineProps {
  readonly value: number;
  readonly width: number;
  readonly y: number;
}

function GridLine({ value, width, y }: GridLineProps) {
  return (
    <g>
      <line className={styles.grid} x1={LEFT} x2={width} y1={y} y2={y} />
      <text className={styles.axis} x={LEFT - 8} y={y + 4} textAnchor="end">
        {formatCount(value)}
      </text>
    </g>
  );
}

type Goal = (now: number | null, last: number) => number;

const before: Goal = (now, last) => (now === null ? last : now - 1);
const after: Goal = (now) => (now === null ? 0 : now + 1);

/** The day a key leads to, from a day or from none. */
const GOALS: Readonly<Partial<Record<string, Goal>>> = {
  ArrowLeft: before,
  ArrowDown: before,
  ArrowRight: after,
  ArrowUp: after,
  Home: () => 0,
  End: (_, last) => last,
};

const describeDay = ({ day, sent, received }: UsageDay): string =>
  t("usage.chart.day", { day: formatDayOf(day), received: formatCount(received), sent: formatCount(sent) });

interface BarProps {
  readonly kind: "sent" | "received";
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

function Bar({ kind, x, width, height }: BarProps) {
  if (height === 0) return null;
  // One message among thousands must remain visible.
  const shown = Math.max(2, height);
  return <rect className={styles[kind]} x={x} y={HEIGHT - BOTTOM - shown} width={width} height={shown} rx={Math.min(2, width / 2)} />;
}

function DayTable({ days }: { readonly days: readonly UsageDay[] }) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={styles.table} tabIndex={0} role="group" aria-label={t("usage.table.label")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("usage.table.day")}</th>
            <th scope="col">{t("usage.received")}</th>
            <th scope="col">{t("usage.sent")}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, sent, received }) => (
            <tr key={day}>
              <th scope="row">{formatDayOf(day)}</th>
              <td>{formatCount(received)}</td>
              <td>{formatCount(sent)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
