/** A finger that rests on something; a moving one scrolls. */
import { useRef, type PointerEvent } from "react";

const HOLD_MS = 450;
const MOVE_PX = 10;

export function useLongPress(onHold: () => void) {
  const hold = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number } | null>(null);
  const stop = () => {
    clearTimeout(hold.current?.timer);
    hold.current = null;
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      stop();
      if (event.pointerType !== "touch") return;
      hold.current = { timer: setTimeout(onHold, HOLD_MS), x: event.clientX, y: event.clientY };
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const from = hold.current;
      if (from !== null && Math.hypot(clientX - from.x, clientY - from.y) > MOVE_PX) stop();
    },
    onPointerUp: stop,
    onPointerCancel: stop,
  };
}
