/** A small box anchored to a control, above everything else; Escape, Tab or a press outside closes it. */
import { useEffect, useEffectEvent, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";
import styles from "./menu.module.css";

const GAP_PX = 6;
const MARGIN_PX = 8;

interface PopoverProps {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly role?: "menu" | "dialog";
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Below the anchor, or above it when there is no room; always inside the window. */
function position(box: HTMLElement, anchor: HTMLElement): void {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const below = at.bottom + GAP_PX;
  const top = below + height <= window.innerHeight - MARGIN_PX ? below : at.top - GAP_PX - height;
  const start = at.left + at.width / 2 > window.innerWidth / 2 ? at.right - width : at.left;
  const clamp = (value: number, size: number, room: number) => Math.max(MARGIN_PX, Math.min(value, room - size - MARGIN_PX));
  box.style.top = `${clamp(top, height, window.innerHeight)}px`;
  box.style.left = `${clamp(start, width, window.innerWidth)}px`;
}

function usePosition(anchor: HTMLElement) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const again = () => {
      if (ref.current !== null) position(ref.current, anchor);
    };
    again();
    window.addEventListener("scroll", again, true);
    window.addEventListener("resize", again);
    return () => {
      window.removeEventListener("scroll", again, true);
      window.removeEventListener("resize", again);
    };
  }, [anchor]);
  return ref;
}

const ITEMS = '[role^="menuitem"]:not([aria-disabled="true"]), button, a[href]';

/** Focus moves in, and back to where it was unless the user moved it meanwhile. */
function useFocusInside(ref: ReturnType<typeof usePosition>): void {
  useEffect(() => {
    const box = ref.current;
    const opener = document.activeElement;
    (box?.querySelector<HTMLElement>(ITEMS) ?? box)?.focus({ preventScroll: true });
    return () => {
      const isAway = document.activeElement !== document.body && !(box?.contains(document.activeElement) ?? false);
      if (!isAway && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, [ref]);
}

const STEPS: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowDown: (index, count) => (index + 1) % count,
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowUp: (index, count) => (index - 1 + count) % count,
  ArrowLeft: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function step(box: HTMLElement, key: string): boolean {
  const items = [...box.querySelectorAll<HTMLElement>(ITEMS)];
  const move = STEPS[key];
  if (move === undefined || items.length === 0) return false;
  items[move(items.indexOf(document.activeElement as HTMLElement), items.length)]?.focus();
  return true;
}

export function Popover({ anchor, label, role = "menu", onClose, children }: PopoverProps) {
  const ref = usePosition(anchor);
  useFocusInside(ref);
  const closeOutside = useEffectEvent((event: PointerEvent) => {
    if (event.target instanceof Node && (ref.current?.contains(event.target) || anchor.contains(event.target))) return;
    onClose();
  });
  useEffect(() => {
    const listen = (event: PointerEvent) => closeOutside(event);
    document.addEventListener("pointerdown", listen, true);
    return () => document.removeEventListener("pointerdown", listen, true);
  }, []);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const isClosing = event.key === "Escape" || event.key === "Tab";
    if (isClosing) onClose();
    if (isClosing || step(event.currentTarget, event.key)) event.preventDefault();
    event.stopPropagation();
  };
  return createPortal(
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the role is one of two that take keys
    <div ref={ref} className={styles.popover} role={role} aria-label={label} tabIndex={-1} onKeyDown={onKeyDown} data-testid="popover">
      {children}
    </div>,
    document.body,
  );
}
