/** Zoom and pan by wheel, double press, two fingers and drag; at full size a sideways swipe turns the page. */
import { useRef, useState, type PointerEvent, type RefObject } from "react";
import { panBy, WHOLE, zoomAt, ZOOM_STEP, type Point, type View } from "./zoom";

const SWIPE_PX = 60;
const DOUBLE_ZOOM = 2.5;
const CENTRE: Point = { x: 0, y: 0 };

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

const between = (one: Point, other: Point): Point => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

/** From the middle of the room. */
function fromCentre(box: HTMLElement | null, { x, y }: Point): Point {
  const { left, top, width, height } = box?.getBoundingClientRect() ?? { left: 0, top: 0, width: 0, height: 0 };
  return { x: x - left - width / 2, y: y - top - height / 2 };
}

const roomOf = (box: HTMLElement | null) => ({ width: box?.clientWidth ?? 0, height: box?.clientHeight ?? 0 });

interface Fingers {
  readonly all: Map<number, Point>;
  start: Point | null;
}

function usePointers(box: RefObject<HTMLElement | null>, view: View, setView: (next: (view: View) => View) => void, onSwipe: (step: 1 | -1) => void) {
  const fingers = useRef<Fingers>({ all: new Map(), start: null });
  const onPointerDown = (event: PointerEvent) => {
    const at = { x: event.clientX, y: event.clientY };
    fingers.current.all.set(event.pointerId, at);
    fingers.current.start = fingers.current.all.size === 1 ? at : null;
    if (view.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent) => {
    const { all } = fingers.current;
    const before = all.get(event.pointerId);
    if (before === undefined) return;
    const at = { x: event.clientX, y: event.clientY };
    all.set(event.pointerId, at);
    const other = [...all].find(([id]) => id !== event.pointerId)?.[1];
    setView((known) => {
      const moved = panBy(known, { x: at.x - before.x, y: at.y - before.y }, roomOf(box.current));
      if (other === undefined) return moved;
      return zoomAt(known, distance(at, other) / Math.max(1, distance(before, other)), fromCentre(box.current, between(at, other)), roomOf(box.current));
    });
  };
  const onPointerEnd = (event: PointerEvent) => {
    const { all, start } = fingers.current;
    all.delete(event.pointerId);
    fingers.current.start = null;
    const by = start === null ? 0 : event.clientX - start.x;
    if (view.scale === 1 && event.type === "pointerup" && event.pointerType === "touch" && Math.abs(by) > SWIPE_PX) onSwipe(by < 0 ? 1 : -1);
  };
  return { onPointerDown, onPointerMove, onPointerUp: onPointerEnd, onPointerCancel: onPointerEnd };
}

export function useZoom(box: RefObject<HTMLElement | null>, onSwipe: (step: 1 | -1) => void) {
  const [view, setView] = useState(WHOLE);
  const zoom = (factor: number, at: Point = CENTRE) => setView((known) => zoomAt(known, factor, at, roomOf(box.current)));
  const pointers = usePointers(box, view, setView, onSwipe);
  return {
    view,
    zoomIn: () => zoom(ZOOM_STEP),
    zoomOut: () => zoom(1 / ZOOM_STEP),
    reset: () => setView(WHOLE),
    handlers: {
      ...pointers,
      onWheel: (event: { readonly deltaY: number; readonly clientX: number; readonly clientY: number }) =>
        zoom(Math.exp(-event.deltaY / 400), fromCentre(box.current, { x: event.clientX, y: event.clientY })),
      onDoubleClick: (event: { readonly clientX: number; readonly clientY: number }) =>
        view.scale > 1 ? setView(WHOLE) : zoom(DOUBLE_ZOOM, fromCentre(box.current, { x: event.clientX, y: event.clientY })),
    },
  };
}
