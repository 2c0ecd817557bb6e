/** A small box anchored to a control, above everything else; Escape, Tab or a press outside closes it. */
import { useEffect, useEffectEvent, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";
import { place, type Side } from "./placement";
import styles from "./menu.module.css";

interface PopoverProps {
  readonly anchor: HTMLElement;
  readonly label: string;
  readonly role?: "menu" | "dialog";
  readonly side?: Side;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function usePosition(anchor: HTMLElement, side: Side) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const again = () => {
      if (ref.current !== null) place(ref.current, anchor, side);
    };
    ref.current?.showPopover();
    again();
    // A menu gets more items while it is open: a message that is being sent can be edited once it is sent.
    const observer = new ResizeObserver(again);
    for (const element of [ref.current, anchor]) if (element !== null) observer.observe(element);
    window.addEventListener("scroll", again, true);
    window.addEventListener("resize", again);
    return () => {
      observer.disconnect();
      window.removeEventListener("scroll", again, true);
      window.removeEventListener("resize", again);
    };
  }, [anchor, side]);
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

/** The popover stands in the landmark of its anchor, where screen readers look for it; in a dialog, everything else is inert. */
const landmarkOf = (anchor: HTMLElement): Element => anchor.closest("dialog, main, nav, aside") ?? document.body;

export function Popover({ anchor, label, role = "menu", side = "below", onClose, children }: PopoverProps) {
  const ref = usePosition(anchor, side);
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
    <div ref={ref} className={styles.popover} popover="manual" role={role} aria-label={label} tabIndex={-1} onKeyDown={onKeyDown} data-testid="popover">
      {children}
    </div>,
    landmarkOf(anchor),
  );
}
