/** The list is one stop of the Tab key: arrow keys, J and K, Home and End move over its rows. */
import { useLayoutEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { keyOf } from "@/lib/keys";
import type { Chat } from "@/types/wire";
import { rowOf } from "./FirstRows";

const MOVES: Readonly<Record<string, (index: number, last: number, page: number) => number>> = {
  ArrowDown: (index, last) => Math.min(index + 1, last),
  j: (index, last) => Math.min(index + 1, last),
  ArrowUp: (index) => Math.max(index - 1, 0),
  k: (index) => Math.max(index - 1, 0),
  PageDown: (index, last, page) => Math.min(index + page, last),
  PageUp: (index, _, page) => Math.max(index - page, 0),
  Home: () => 0,
  End: (_, last) => last,
};

const linkOf = (box: HTMLElement | null, id: number) => box?.querySelector<HTMLElement>(`[data-chat="${id}"] a`) ?? null;

function rowsInView(handle: VirtualizerHandle | null): number {
  return handle === null ? 1 : Math.max(1, handle.findItemIndex(handle.scrollOffset + handle.viewportSize) - handle.findItemIndex(handle.scrollOffset) - 1);
}

/** Frames in which a new row must have been measured. */
const MAX_TRIES = 30;

interface Roving {
  readonly rows: readonly Chat[];
  readonly selectedId: number | null;
  /** The row that has the focus before these are shown. */
  readonly firstFocusedId: number | null;
  readonly box: RefObject<HTMLElement | null>;
  readonly handle: RefObject<VirtualizerHandle | null>;
}

/** Focuses a row once it is there: the active row is always mounted, but a new one is hidden until it has been measured. */
function useRowFocus({ box, handle }: Roving, setFocusedId: (id: number) => void, activeIndex: number) {
  const wanted = useRef<number | null>(null);
  const tries = useRef(0);
  const [, setMoves] = useState(0);
  useLayoutEffect(() => {
    const link = wanted.current === null ? null : linkOf(box.current, wanted.current);
    if (link === null) return undefined;
    link.focus({ preventScroll: true });
    handle.current?.scrollToIndex(activeIndex, { align: "nearest" });
    tries.current -= 1;
    if (document.activeElement === link || tries.current <= 0) {
      wanted.current = null;
      return undefined;
    }
    const frame = requestAnimationFrame(() => setMoves((count) => count + 1));
    return () => cancelAnimationFrame(frame);
  });
  return (id: number) => {
    wanted.current = id;
    tries.current = MAX_TRIES;
    setFocusedId(id);
    setMoves((count) => count + 1);
  };
}

/** The row that Tab reaches: the focused one, else the open chat, else the first. */
export function useRoving(roving: Roving) {
  const { rows, selectedId, firstFocusedId, handle } = roving;
  const [focusedId, setFocusedId] = useState(firstFocusedId);
  const indexOf = (id: number | null) => rows.findIndex((chat) => chat.id === id);
  const activeIndex = Math.max(0, indexOf(focusedId) === -1 ? indexOf(selectedId) : indexOf(focusedId));
  const focusRow = useRowFocus(roving, setFocusedId, activeIndex);
  useReturn({ rows, selectedId, focusedId }, focusRow);
  const move = (key: string) => {
    const next = rows[MOVES[key]?.(activeIndex, rows.length - 1, rowsInView(handle.current)) ?? -1];
    if (next !== undefined) focusRow(next.id);
  };
  /** J and K, from anywhere on the page: on from the row the Tab key reaches, or to the first row. */
  const step = (key: "j" | "k") => move(indexOf(focusedId) !== -1 || indexOf(selectedId) !== -1 ? key : "Home");
  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.ctrlKey || event.metaKey || event.altKey ? "" : keyOf(event);
    // J and K are commands, which can be switched off.
    if (MOVES[key] === undefined || key.length === 1 || rowOf(event.target) === null) return;
    event.preventDefault();
    move(key);
  };
  const onFocus = (event: FocusEvent) => setFocusedId(rowOf(event.target));
  /** The rows were replaced by others. */
  const refocus = () => {
    if (focusedId !== null && document.activeElement === document.body) focusRow(focusedId);
  };
  return { activeIndex, onKeyDown, onFocus, refocus, step };
}

interface Places {
  readonly rows: readonly Chat[];
  readonly selectedId: number | null;
  readonly focusedId: number | null;
}

const has = ({ rows }: Places, id: number | null): boolean => rows.some((chat) => chat.id === id);

/** The chat that was left, or whose row was taken out. */
function findLeft(before: Places, now: Places): number | null {
  if (has(before, before.focusedId) && !has(now, before.focusedId)) return before.focusedId;
  return now.selectedId === null ? before.selectedId : null;
}

type PlaceById = ReadonlyMap<number, number>;

/** Where the focused row and that of the open chat stand; or stood, when they were taken out. */
function notePlaces({ rows, selectedId, focusedId }: Places, before: PlaceById): PlaceById {
  const ids = [selectedId, focusedId].filter((id) => id !== null);
  const placeOf = (id: number) => rows.findIndex((chat) => chat.id === id);
  return new Map(ids.map((id) => [id, placeOf(id) === -1 ? (before.get(id) ?? 0) : placeOf(id)]));
}

/** When the focus went with the chat or its row: back to the row, or to the row in its place. */
function useReturn(now: Places, focusRow: (id: number) => void): void {
  const last = useRef({ now, places: notePlaces(now, new Map()) });
  useLayoutEffect(() => {
    const { now: before, places } = last.current;
    last.current = { now, places: notePlaces(now, places) };
    const left = findLeft(before, now);
    if (left === null || document.activeElement !== document.body) return;
    const place = Math.min(places.get(left) ?? 0, now.rows.length - 1);
    const next = has(now, left) ? left : now.rows[place]?.id;
    if (next !== undefined) focusRow(next);
  });
}
