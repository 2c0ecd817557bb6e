/** Measures the scroller of a thread, and keeps what is read in its place when something below it changes. */

const ROWS = "[data-row]";

/** The key of a rendered message. */
export const keyOf = (row: HTMLElement): string => row.dataset.row ?? "";

export const rowsOf = (box: HTMLElement): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(ROWS)];

export const findRow = (box: HTMLElement, key: string): HTMLElement | null =>
  box.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`);

/** The first for which the condition holds; it holds for all that follow. */
function findFirst(rows: readonly HTMLElement[], holds: (row: HTMLElement) => boolean): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row !== undefined && holds(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface View {
  readonly rows: readonly HTMLElement[];
  /** The messages in view; null if there are only unrendered ones. */
  readonly first: string | null;
  readonly last: string | null;
  /** How far the view is from both ends of what is rendered and of the space below it. */
  readonly fromStart: number;
  readonly fromEnd: number;
}

/** The scroller is a reversed column: `scrollTop` is 0 at the end and negative above it. */
export function measureView(box: HTMLElement): View {
  const { top, bottom } = box.getBoundingClientRect();
  const rows = rowsOf(box);
  const from = findFirst(rows, (row) => row.getBoundingClientRect().bottom > top + 1);
  const to = findFirst(rows, (row) => row.getBoundingClientRect().top >= bottom - 1) - 1;
  const first = from <= to ? rows[from] : undefined;
  const last = from <= to ? rows[to] : undefined;
  const fromEnd = Math.abs(box.scrollTop);
  const fromStart = box.scrollHeight - box.clientHeight - fromEnd;
  return { rows, first: first ? keyOf(first) : null, last: last ? keyOf(last) : null, fromStart, fromEnd };
}

/** The height of each rendered message, with what is between it and the next. */
export function measureHeights(rows: readonly HTMLElement[], note: (key: string, height: number) => void): void {
  const tops = rows.map((row) => row.getBoundingClientRect().top);
  rows.forEach((row, index) => {
    const next = tops[index + 1] ?? row.getBoundingClientRect().bottom;
    note(keyOf(row), next - (tops[index] ?? next));
  });
}

/**
 * Holds one message where it is. What changes above it never moves it: the column counts from its end. What changes
 * below it (a new message, a picture without a size, another width) does, and is made up for here, as Safari has no
 * scroll anchoring and the other browsers anchor to what is about to disappear.
 */
export class Hold {
  #key: string | null = null;
  #bottom = 0;
  #scrollTop = 0;

  /** Remembers the first message in view; null to follow the end. */
  note(box: HTMLElement, key: string | null): void {
    const row = key === null ? null : findRow(box, key);
    this.#key = row === null ? null : key;
    this.#bottom = row?.getBoundingClientRect().bottom ?? 0;
    this.#scrollTop = box.scrollTop;
  }

  /** Scrolls by as much as the message has moved by itself. */
  restore(box: HTMLElement): void {
    const row = this.#key === null ? null : findRow(box, this.#key);
    if (row === null) return;
    const scrolled = box.scrollTop - this.#scrollTop;
    const moved = row.getBoundingClientRect().bottom - (this.#bottom - scrolled);
    if (Math.abs(moved) >= 1) box.scrollTop += moved;
  }
}
