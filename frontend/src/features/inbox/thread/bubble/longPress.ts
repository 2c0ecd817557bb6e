/** Detects a long press of a finger; a moving finger scrolls. */
import { useRef, type PointerEvent } from "react";

const PRESS_MS = 450;
const MOVE_PX = 10;

export function useLongPress(onLongPress: () => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const stop = () => {
    clearTimeout(press.current?.timer);
    press.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      if (event.pointerType !== "touch") return;
      press.current = { timer: setTimeout(onLongPress, PRESS_MS), x: event.clientX, y: event.clientY };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const from = press.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > MOVE_PX) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
