/** A plot of columns that each lead to their chats; the same data is available as a table. */
import { useCallback, useId, useState, type KeyboardEvent } from "react";
import { Button } from "@/components/Button";
import { classes } from "@/components/classes";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import styles from "./plot.module.css";

export interface Column {
  readonly key: string;
  /** Below the axis. */
  readonly label: string;
  /** In full, for the line below the plot and for the table. */
  readonly name: string;
  /** Null: nothing was counted. */
  readonly value: number | null;
  readonly text: string;
  /** Undefined: there are no chats behind it. */
  readonly onOpen?: (() => void) | undefined;
}

interface PlotProps {
  readonly title: string;
  readonly columns: readonly Column[];
  /** What the first column of the table is. */
  readonly axis: string;
  readonly formatValue: (value: number) => string;
  /** Seconds have steps of minutes and hours. */
  readonly isDuration?: boolean;
  /** Where the axis ends; by default at a round value above all columns. */
  readonly top?: number;
  readonly isBusy?: boolean;
  /** In the head: all of it together. */
  readonly summary?: string;
}

const HEIGHT = 190;
const [LEFT, BOTTOM, TOP] = [56, 22, 8];
/** Before the plot is measured. */
const ASSUMED_WIDTH = 560;
const LABEL_WIDTH = 56;
const DURATIONS = [4, 10, 20, 30, 60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 691_200, 1_382_400, 2_592_000];

/** A round value at or above the maximum that halves well. */
export function roundUp(value: number, isDuration: boolean): number {
  const found = isDuration ? DURATIONS.find((top) => top >= value) : undefined;
  if (found !== undefined) return found;
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= value) ?? value;
}

export function Plot({ title, isBusy = false, summary, ...plot }: PlotProps) {
  const [isTable, setTable] = useState(false);
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id} aria-busy={isBusy}>
      <header className={styles.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {summary !== undefined && <p className="muted"><Text>{summary}</Text></p>}
        </div>
        <Button size="small" tone="quiet" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          {t("reports.asTable")}
        </Button>
      </header>
      {isTable ? <Table title={title} {...plot} /> : <Columns title={title} {...plot} />}
    </section>
  );
}

type Goal = (now: number | null, last: number) => number;

const before: Goal = (now, last) => (now === null ? last : now - 1);
const after: Goal = (now) => (now === null ? 0 : now + 1);
const GOALS: Readonly<Partial<Record<string, Goal>>> = { ArrowLeft: before, ArrowDown: before, ArrowRight: after, ArrowUp: after, Home: () => 0, End: (_, last) => last };

/** Arrow keys move from column to column, Enter opens its chats; the values are announced. */
function Columns(props: PlotProps) {
  const { title, columns } = props;
  const [chosen, setChosen] = useState<number | null>(null);
  const column = chosen === null ? undefined : columns[chosen];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") column?.onOpen?.();
    const last = columns.length - 1;
    const goal = GOALS[event.key]?.(chosen, last);
    if (goal === undefined) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, goal)));
  };
  const hint = columns.some(({ onOpen }) => onOpen !== undefined) ? t("reports.plot.hint") : t("reports.plot.hint.values");
  const described = column === undefined ? hint : t("reports.plot.column", { name: column.name, value: column.text });
  return (
    <>
      {/** Behaves like a slider: one tab stop, one value at a time. */}
      <div
        className={styles.plot}
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-orientation="horizontal"
        aria-valuemin={1}
        aria-valuemax={columns.length}
        aria-valuenow={(chosen ?? 0) + 1}
        aria-valuetext={described}
        onKeyDown={onKeyDown}
        onBlur={() => setChosen(null)}
      >
        <Drawing {...props} chosen={chosen} onChoose={setChosen} />
      </div>
      <p className={styles.chosen}>
        <Text>{described}</Text>
        {columns.some(({ value }) => value === null) && <small><Text>{t("reports.plot.gaps")}</Text></small>}
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

interface DrawingProps extends PlotProps {
  readonly chosen: number | null;
  readonly onChoose: (index: number | null) => void;
}

function Drawing({ columns, formatValue, isDuration = false, top: given, chosen, onChoose }: DrawingProps) {
  const top = given ?? roundUp(Math.max(0, ...columns.map(({ value }) => value ?? 0)), isDuration);
  const [width, measure] = useWidth();
  const step = (width - LEFT) / columns.length;
  const every = Math.ceil(LABEL_WIDTH / step);
  const height = (value: number) => (value / top) * (HEIGHT - TOP - BOTTOM);
  return (
    <svg ref={measure} viewBox={`0 0 ${width} ${HEIGHT}`} height={HEIGHT} aria-hidden="true" onPointerLeave={() => onChoose(null)}>
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line className={styles.grid} x1={LEFT} x2={width} y1={HEIGHT - BOTTOM - height(value)} y2={HEIGHT - BOTTOM - height(value)} />
          <text className={styles.axis} x={LEFT - 8} y={HEIGHT - BOTTOM - height(value) + 4} textAnchor="end">
            {formatValue(value)}
          </text>
        </g>
      ))}
      {columns.map((column, index) => (
        <Bar
          key={column.key}
          column={column}
          x={LEFT + index * step}
          width={step}
          height={height(column.value ?? 0)}
          isChosen={index === chosen}
          hasLabel={index % every === 0 && (index === 0 || columns.length - index >= every / 2)}
          onEnter={() => onChoose(index)}
        />
      ))}
    </svg>
  );
}

interface BarProps {
  readonly column: Column;
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly isChosen: boolean;
  readonly hasLabel: boolean;
  readonly onEnter: () => void;
}

function Bar({ column, x, width, height, isChosen, hasLabel, onEnter }: BarProps) {
  // Whatever was counted remains visible: zero is a line, and only where nothing could be counted there is none.
  const shown = column.value === null ? 0 : Math.max(2, height);
  const bar = Math.min(28, width * 0.7);
  return (
    <g className={classes(column.onOpen !== undefined && styles.leads)} onPointerEnter={onEnter} onClick={column.onOpen}>
      <rect className={classes(styles.slot, isChosen && styles.slotOn)} x={x} y={TOP} width={width} height={HEIGHT - TOP - BOTTOM} />
      <rect className={classes(styles.bar, column.value === 0 && styles.zero)} x={x + (width - bar) / 2} y={HEIGHT - BOTTOM - shown} width={bar} height={shown} rx={Math.min(2, bar / 2)} />
      {hasLabel && (
        <text className={styles.axis} x={x + width / 2} y={HEIGHT - 5} textAnchor="middle">
          {column.label}
        </text>
      )}
    </g>
  );
}

function Table({ title, axis, columns }: PlotProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={styles.table} tabIndex={0} role="group" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{axis}</th>
            <th scope="col">{title}</th>
          </tr>
        </thead>
        <tbody>
          {columns.map(({ key, name, text, onOpen }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td>{onOpen === undefined ? text : <Figure onOpen={onOpen}>{text}</Figure>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface FigureProps {
  readonly label?: string;
  readonly onOpen: () => void;
  readonly children: string;
}

/** A figure that leads to its chats. */
export function Figure({ label, onOpen, children }: FigureProps) {
  return (
    <button type="button" className={styles.figure} aria-label={label} onClick={onOpen}>
      {children}
    </button>
  );
}
