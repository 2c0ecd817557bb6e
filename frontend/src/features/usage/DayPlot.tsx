/** The days of a month as a bar chart of sent and received messages; the same data is available as a table. */
import { useId, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import type { UsageDay } from "@/types/wire";
import { formatDayOf, formatCount } from "./format";
import { classes } from "@/components/classes";
import styles from "./day-plot.module.css";

const WIDTH = 620;
const HEIGHT = 180;
const LEFT = 44;
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
          <li className={styles.legendReceived}>Received</li>
          <li className={styles.legendSent}>Sent</li>
        </ul>
        <Button size="small" tone="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)} data-testid="usage-as-table">
          {isTable ? "Show as plot" : "Show as table"}
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
        aria-label={`${label}: choose a day`}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={days.length}
        aria-valuenow={(chosen ?? 0) + 1}
        aria-valuetext={day === undefined ? `Sent and received on ${days.length} days` : describeDay(day)}
        aria-describedby={id}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
        data-testid="usage-plot"
      >
        <Drawing days={days} chosen={chosen} onChoose={setChosen} />
      </div>
      <p className={styles.chosen} id={id} data-testid="usage-day">
        {day === undefined ? "Point at a day, or use the arrow keys." : describeDay(day)}
      </p>
    </>
  );
}

interface DrawingProps {
  readonly days: readonly UsageDay[];
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

function Drawing({ days, chosen, onChoose }: DrawingProps) {
  const top = roundUp(Math.max(...days.flatMap(({ sent, received }) => [sent, received])));
  const step = (WIDTH - LEFT) / days.length;
  const height = (value: number) => (value / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" onPointerLeave={() => onChoose(null)}>
      {[0, top / 2, top].map((value) => (
        <GridLine key={value} value={value} y={HEIGHT - BOTTOM - height(value)} />
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

function GridLine({ value, y }: { readonly value: number; readonly y: number }) {
  return (
    <g>
      <line className={styles.grid} x1={LEFT} x2={WIDTH} y1={y} y2={y} />
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
  `${formatDayOf(day)}: ${formatCount(received)} received, ${formatCount(sent)} sent`;

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
    <div className={styles.table} tabIndex={0} role="group" aria-label="Days of the month">
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Received</th>
            <th scope="col">Sent</th>
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
