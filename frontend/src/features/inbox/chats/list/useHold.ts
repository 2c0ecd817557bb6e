/** Whether the list is held: the user aims at a row, has a finger on it, walks by keyboard, or has scrolled away from the top. */
import { useEffect, useMemo, useRef, useState, type FocusEvent, type PointerEvent } from "react";

/** After this long without a movement the pointer or the focus only rests on the list. */
const REST_MS = 10_000;

/** True from `start` until `stop`, or until nothing has started it again for a while. */
function useActivity() {
  const [isActive, setActive] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const controls = useMemo(() => {
    const stop = () => {
      clearTimeout(timer.current);
      setActive(false);
    };
    const start = () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(stop, REST_MS);
      setActive(true);
    };
    return { start, stop };
  }, []);
  return { isActive, ...controls };
}

/** Browsers repeat the last position when the page moves below a resting pointer: that is no movement. */
function useMovement(onMove: () => void) {
  const last = useRef({ x: -1, y: -1 });
  return ({ screenX: x, screenY: y, pointerType }: PointerEvent) => {
    if (pointerType === "touch" || (x === last.current.x && y === last.current.y)) return;
    last.current = { x, y };
    onMove();
  };
}

const staysInside = (event: FocusEvent): boolean => event.currentTarget.contains(event.relatedTarget);

export function useHold() {
  const pointer = useActivity();
  const keyboard = useActivity();
  const [isTouched, setTouched] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const onPointerMove = useMovement(pointer.start);
  const handlers = {
    onPointerMove,
    onPointerLeave: pointer.stop,
    // A row was chosen: a pointer that stays where it clicked aims at nothing.
    onClick: pointer.stop,
    onTouchStart: () => setTouched(true),
    onTouchEnd: () => setTouched(false),
    onTouchCancel: () => setTouched(false),
    onKeyUp: keyboard.start,
    onBlur: (event: FocusEvent) => {
      if (!staysInside(event)) keyboard.stop();
    },
  };
  return { isHeld: pointer.isActive || keyboard.isActive || isTouched || isScrolled, isScrolled, setScrolled, handlers };
}
