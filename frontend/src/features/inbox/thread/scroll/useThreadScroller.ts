/** The scroller of a thread: which messages are rendered, where the view is, and what it follows. */
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState, type RefObject } from "react";
import { flushSync } from "react-dom";
import { findRow, Hold, keyOf, measureHeights, measureView, type View } from "@/features/inbox/thread/threadView";
import { Heights, rangeAround, shouldMove, type Range } from "./threadWindow";

/** Nearer to the end than this the view follows new messages. */
const NEAR_END_PX = 96;
/** Reads more this far before the end of what is loaded, so that the user does not have to wait. */
const READ_AHEAD_PX = 1_600;

type Ref = RefObject<HTMLDivElement | null>;

interface Middle {
  /** Null follows the end. */
  readonly key: string | null;
  readonly index: number;
}

const END: Middle = { key: null, index: 0 };

export interface ScrollerOptions {
  readonly keys: readonly string[];
  /** Whether there are newer messages than the last one here. */
  readonly hasNewer: boolean;
  /** The message to show first; null for the end. */
  readonly startKey: string | null;
  readonly readOlder: () => void;
  readonly readNewer: () => void;
  /** After each scroll and each change: the messages in view. */
  readonly onView: (first: string | null, last: string | null) => void;
}

export interface Scroller {
  readonly range: Range;
  /** The height of the messages below the rendered ones. */
  readonly below: number;
  readonly isAtEnd: boolean;
  readonly update: () => void;
  readonly toEnd: () => void;
  /** Renders a loaded message, so that it can be scrolled to. */
  readonly reveal: (key: string) => boolean;
}

function findMiddle(keys: readonly string[], { key, index }: Middle): number {
  if (key === null) return keys.length - 1;
  const found = keys.indexOf(key);
  return found === -1 ? Math.min(index, keys.length - 1) : found;
}

/** The middle of the view: of what is seen of the messages, or by distance where none is rendered. */
function middleOf(keys: readonly string[], view: View, heights: Heights): number {
  if (view.first === null || view.last === null) return heights.indexAbove(keys, view.fromEnd);
  return (keys.indexOf(view.first) + keys.indexOf(view.last)) >> 1;
}

/** The messages that are rendered. */
function useRange(keys: readonly string[], startKey: string | null) {
  const [heights] = useState(() => new Heights());
  const [middle, setMiddle] = useState<Middle>(() => (startKey === null ? END : { key: startKey, index: keys.indexOf(startKey) }));
  const index = findMiddle(keys, middle);
  const range = rangeAround(keys.length, index);
  const below = heights.sum(keys, range.end);
  const moveTo = (key: string | null) => setMiddle(key === null ? END : { key, index: keys.indexOf(key) });
  return { heights, index, range, below, moveTo, isFollowing: middle.key === null };
}

/** Unrendering the message that has the focus would lose it: the list gets it. */
function saveFocus(box: HTMLElement, keys: readonly string[], { start, end }: Range): void {
  const row = document.activeElement?.closest<HTMLElement>("[data-row]");
  if (!row || !box.contains(row)) return;
  const index = keys.indexOf(keyOf(row));
  if (index < start || index >= end) box.focus({ preventScroll: true });
}

/** Scrolls to the first message to show, a quarter below the top. */
function useStart(ref: Ref, startKey: string | null): void {
  const scroll = useEffectEvent(() => {
    const box = ref.current;
    const row = box === null || startKey === null ? null : findRow(box, startKey);
    if (box === null || row === null) return;
    const above = row.getBoundingClientRect().top - box.getBoundingClientRect().top;
    box.scrollTop += above - box.clientHeight / 4;
  });
  useLayoutEffect(() => scroll(), []);
}

/** After each render, and when anything changes its size. */
function useSettling(scroller: Ref, column: Ref, settle: () => void): void {
  const onSettle = useEffectEvent(settle);
  useLayoutEffect(() => onSettle());
  useEffect(() => {
    const observer = new ResizeObserver(() => onSettle());
    for (const element of [scroller.current, column.current]) if (element !== null) observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, column]);
}

/** What follows from a view: whether the end is followed, which messages are rendered, and whether to read on. */
function useFollowing(options: ScrollerOptions) {
  const { keys, hasNewer, startKey } = options;
  const [isAtEnd, setAtEnd] = useState(startKey === null);
  const { heights, index, range, below, moveTo, isFollowing } = useRange(keys, startKey);
  const readAhead = ({ fromStart, fromEnd }: View) => {
    if (range.start === 0 && fromStart < READ_AHEAD_PX) options.readOlder();
    if (hasNewer && range.end === keys.length && fromEnd < READ_AHEAD_PX) options.readNewer();
  };
  const keepInWindow = (box: HTMLElement, view: View) => {
    const middle = middleOf(keys, view, heights);
    if (!isFollowing && !shouldMove(range, keys.length, index, middle)) return;
    measureHeights(view.rows, (key, height) => heights.note(key, height));
    saveFocus(box, keys, rangeAround(keys.length, middle));
    moveTo(keys[middle] ?? null);
  };
  /** True if the end is followed. */
  const follow = (box: HTMLElement, view: View): boolean => {
    const isFollowed = view.fromEnd < NEAR_END_PX && !hasNewer;
    setAtEnd(isFollowed);
    if (isFollowed) moveTo(null);
    else keepInWindow(box, view);
    readAhead(view);
    options.onView(view.first, view.last);
    return isFollowed;
  };
  return { range, below, isAtEnd, moveTo, follow };
}

export function useThreadScroller(scroller: Ref, column: Ref, options: ScrollerOptions): Scroller {
  const hold = useMemo(() => new Hold(), []);
  const { range, below, isAtEnd, moveTo, follow } = useFollowing(options);
  const update = () => {
    const box = scroller.current;
    if (box === null) return;
    const view = measureView(box);
    hold.note(box, follow(box, view) ? null : view.first);
  };
  const isEndWanted = useRef(false);
  const toEnd = () => {
    // Once the newest messages are rendered.
    isEndWanted.current = options.hasNewer;
    if (options.hasNewer) return;
    scroller.current?.scrollTo({ top: 0, behavior: "instant" });
    update();
  };
  const reveal = (key: string) => {
    if (!options.keys.includes(key)) return false;
    flushSync(() => moveTo(key));
    return true;
  };
  useStart(scroller, options.startKey);
  useSettling(scroller, column, () => {
    if (isEndWanted.current) toEnd();
    else if (scroller.current !== null) hold.restore(scroller.current);
    update();
  });
  return { range, below, isAtEnd, update, toEnd, reveal };
}
