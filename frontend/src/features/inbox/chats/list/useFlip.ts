/** Moves rows to their new places visibly: each starts where it was. */
import { useLayoutEffect, useRef, type RefObject } from "react";
import type { Chat } from "@/types/wire";

const MOVE: KeyframeAnimationOptions = { duration: 120, easing: "cubic-bezier(0.2, 0.8, 0.2, 1)" };

const prefersStillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** From further away than the height of the list it would only flash by. */
const limit = (distance: number, most: number): number => Math.max(-most, Math.min(distance, most));

function moveRow(row: HTMLElement, was: number | undefined, room: number): void {
  const steps = (was ?? Number.NaN) - Number(row.dataset.index);
  if (Number.isNaN(steps) || steps === 0) return;
  const from = limit(steps * row.offsetHeight, room);
  row.animate([{ transform: `translateY(${from}px)` }, { transform: "none" }], MOVE);
}

export function useFlip(rows: readonly Chat[], box: RefObject<HTMLElement | null>): void {
  const before = useRef(rows);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = rows;
    const element = box.current;
    const isMoved = old.length > 0 && old.some(({ id }, index) => id !== rows[index]?.id);
    if (!isMoved || element === null || prefersStillness()) return;
    const places = new Map(old.map(({ id }, index) => [id, index]));
    for (const row of element.querySelectorAll<HTMLElement>("[data-index]")) {
      moveRow(row, places.get(Number(row.dataset.chat)), element.clientHeight);
    }
  }, [rows, box]);
}
