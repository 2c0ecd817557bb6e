/** A finger that moves a row sideways, and lets go far enough from where it began. */
import { useRef, useState, type PointerEvent } from "react";

/** The edge of the row that the movement uncovers. */
export type SwipeSide = "start" | "end";

interface Track {
  readonly x: number;
  readonly y: number;
  /** 1 if the start of the row is on the left, -1 if it is on the right. */
  readonly sign: 1 | -1;
  readonly isSwiping: boolean;
  readonly moved: number;
}

const BEGIN_PX = 12;
const FAR_PX = 72;
const MAX_PX = 112;

/** Towards the end of the row is positive. */
export function follow(track: Track, x: number, y: number): Track {
  const moved = Math.max(-MAX_PX, Math.min((x - track.x) * track.sign, MAX_PX));
  const isSideways = Math.abs(moved) >= BEGIN_PX && Math.abs(moved) > 1.5 * Math.abs(y - track.y);
  return { ...track, moved, isSwiping: track.isSwiping || isSideways };
}

export const sideOf = ({ isSwiping, moved }: Track): SwipeSide | null => (!isSwiping || moved === 0 ? null : moved > 0 ? "start" : "end");

export const isFar = ({ isSwiping, moved }: Track): boolean => isSwiping && Math.abs(moved) >= FAR_PX;

const signOf = (element: Element): 1 | -1 => (getComputedStyle(element).direction === "rtl" ? -1 : 1);

export function useSwipe<T extends HTMLElement>(run: (side: SwipeSide) => void) {
  const moving = useRef<T>(null);
  const track = useRef<Track | null>(null);
  const [shown, setShown] = useState<{ readonly side: SwipeSide; readonly isFar: boolean } | null>(null);
  const apply = (next: Track | null) => {
    track.current = next;
    const side = next === null ? null : sideOf(next);
    if (moving.current !== null) moving.current.style.transform = side === null || next === null ? "" : `translateX(${next.moved * next.sign}px)`;
    setShown(side === null || next === null ? null : { side, isFar: isFar(next) });
  };
  const onPointerDown = (event: PointerEvent) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    apply({ x: event.clientX, y: event.clientY, sign: signOf(event.currentTarget), isSwiping: false, moved: 0 });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (track.current === null) return;
    const next = follow(track.current, event.clientX, event.clientY);
    if (next.isSwiping && !track.current.isSwiping) event.currentTarget.setPointerCapture(event.pointerId);
    if (next.isSwiping) apply(next);
  };
  const onPointerUp = () => {
    const last = track.current;
    const side = last !== null && isFar(last) ? sideOf(last) : null;
    apply(null);
    if (side !== null) run(side);
  };
  return { moving, shown, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: () => apply(null) } };
}
