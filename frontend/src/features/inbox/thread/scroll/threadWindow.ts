/** Which messages of a long thread are rendered: those around the middle of the view. */

/** Rendered before and after the middle. */
export const REACH = 56;
/** The middle moves by this many messages before the window follows it. */
export const STEP = 8;

export interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** As many messages as fit around the middle; at an end of the list the other side gets more. */
export function rangeAround(count: number, middle: number, reach = REACH): Range {
  const size = Math.min(count, 2 * reach);
  const start = Math.max(0, Math.min(middle - reach, count - size));
  return { start, end: start + size };
}

/** Whether the window should follow the middle of the view, and can. */
export function shouldMove({ start, end }: Range, count: number, from: number, to: number): boolean {
  const isCut = to < from ? start > 0 : end < count;
  return isCut && Math.abs(to - from) >= STEP;
}

/** The heights of messages that were rendered once; unknown ones count as an average message. */
export class Heights {
  static readonly UNKNOWN = 56;
  readonly #known = new Map<string, number>();

  note(key: string, height: number): void {
    this.#known.set(key, height);
  }

  of(key: string): number {
    return this.#known.get(key) ?? Heights.UNKNOWN;
  }

  sum(keys: readonly string[], from: number, to = keys.length): number {
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += this.of(keys[index] ?? "");
    return sum;
  }

  /** The message that begins this far above the end. */
  indexAbove(keys: readonly string[], distance: number): number {
    let left = distance;
    let index = keys.length - 1;
    while (index > 0 && left > this.of(keys[index] ?? "")) {
      left -= this.of(keys[index] ?? "");
      index -= 1;
    }
    return index;
  }
}
