/** Where a floating box goes: beside its anchor, and always inside the window. */

const GAP_PX = 6;
const MARGIN_PX = 8;

/** `below` and `above`: on the side with room; `beside`: after the anchor in the direction of reading. */
export type Side = "below" | "above" | "beside";

interface Point {
  readonly top: number;
  readonly left: number;
}

const clamp = (value: number, size: number, room: number) => Math.max(MARGIN_PX, Math.min(value, room - size - MARGIN_PX));

/** Of two positions on one axis the first that fits into the window; the first if neither does. */
function firstFitting(candidates: readonly [number, number], size: number, room: number): number {
  return candidates.find((value) => value >= MARGIN_PX && value + size <= room - MARGIN_PX) ?? candidates[0];
}

function vertical(side: Side, at: DOMRect, height: number): number {
  if (side === "beside") return at.top + (at.height - height) / 2;
  const below = at.bottom + GAP_PX;
  const above = at.top - GAP_PX - height;
  return firstFitting(side === "below" ? [below, above] : [above, below], height, window.innerHeight);
}

function beside(at: DOMRect, width: number, isRtl: boolean): number {
  const right = at.right + GAP_PX;
  const left = at.left - GAP_PX - width;
  return firstFitting(isRtl ? [left, right] : [right, left], width, window.innerWidth);
}

/** The edges of the box and the anchor meet on the side of the window where the anchor is. */
function alignEdge(at: DOMRect, width: number): number {
  return at.left + at.width / 2 > window.innerWidth / 2 ? at.right - width : at.left;
}

function find(box: HTMLElement, at: DOMRect, side: Side, isCentred: boolean): Point {
  const { offsetWidth: width, offsetHeight: height } = box;
  const isRtl = getComputedStyle(document.documentElement).direction === "rtl";
  const along = isCentred ? at.left + (at.width - width) / 2 : alignEdge(at, width);
  const left = side === "beside" ? beside(at, width, isRtl) : along;
  return { top: clamp(vertical(side, at, height), height, window.innerHeight), left: clamp(left, width, window.innerWidth) };
}

/** Moves a box with `position: fixed` to its anchor. */
export function place(box: HTMLElement, anchor: HTMLElement, side: Side, isCentred = false): void {
  const { top, left } = find(box, anchor.getBoundingClientRect(), side, isCentred);
  box.style.top = `${top}px`;
  box.style.left = `${left}px`;
}
