/** The name of a control without visible text, and its key, beside it while it is hovered or focused. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type PointerEvent, type ReactElement } from "react";
import { createPortal } from "react-dom";
import { Keys } from "./Keys";
import { place, type Side } from "./placement";
import styles from "./tooltip.module.css";

const HOVER_MS = 400;
/** Long enough to move the pointer onto the tooltip. */
const LEAVE_MS = 120;
/** A second tooltip follows the first without a delay. */
const WARM_MS = 400;

/** Focus that the user moved; a dialog or a menu that moves it says nothing. */
const KEYS_THAT_MOVE = new Set(["Tab", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);

let lastClosedAt = -Infinity;

interface TooltipProps {
  /** What the control is called; the control has the same accessible name. */
  readonly text: string;
  /** A second, quieter line. */
  readonly detail?: string | undefined;
  /** The keys of its shortcut, separated by spaces: "Ctrl K". */
  readonly keys?: string | undefined;
  readonly side?: Side | undefined;
  /** One control. */
  readonly children: ReactElement;
}

export function Tooltip({ children, ...content }: TooltipProps) {
  const { anchor, open, close } = useOpening();
  const enter = (event: PointerEvent<HTMLElement>) => {
    if (event.pointerType !== "touch") open(controlIn(event.currentTarget), delayNow());
  };
  return (
    <span
      role="presentation"
      className={styles.anchor}
      onPointerEnter={enter}
      onPointerLeave={() => close(LEAVE_MS)}
      onPointerDown={() => close(0)}
      onKeyUp={(event) => KEYS_THAT_MOVE.has(event.key) && open(controlIn(event.currentTarget), 0)}
      onBlur={() => close(0)}
    >
      {children}
      {anchor !== null && <Bubble anchor={anchor} onClose={() => close(0)} {...content} />}
    </span>
  );
}

const controlIn = (wrapper: Element) => (wrapper.firstElementChild instanceof HTMLElement ? wrapper.firstElementChild : null);
const delayNow = () => (performance.now() - lastClosedAt < WARM_MS ? 0 : HOVER_MS);

/** The control whose tooltip is open, and opening and closing it after a delay; the last order counts. */
function useOpening() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = useCallback((next: HTMLElement | null, delayMs: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnchor(next), delayMs);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return { anchor, open: later, close: useCallback((delayMs: number) => later(null, delayMs), [later]) };
}

interface BubbleProps extends Omit<TooltipProps, "children"> {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

/** Hidden from screen readers: they read the control's own name and `aria-keyshortcuts`. */
function Bubble({ text, detail, keys, side = "above", anchor, onClose }: BubbleProps) {
  const box = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const bubble = box.current;
    bubble?.showPopover();
    if (bubble !== null) place(bubble, anchor, side, true);
    return () => {
      lastClosedAt = performance.now();
    };
  }, [anchor, side]);
  useDismissal(onClose);
  return createPortal(
    <span ref={box} className={styles.bubble} popover="manual" aria-hidden="true" data-testid="tooltip">
      <span className={styles.line}>
        <span>{text}</span>
        {keys !== undefined && <Keys keys={keys} />}
      </span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
    </span>,
    document.body,
  );
}

/** Closes on Escape, and when the control moves: something scrolls, or the window changes its size. */
function useDismissal(onClose: () => void): void {
  useEffect(() => {
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (key === "Escape") onClose();
    };
    document.addEventListener("keydown", onKeyDown, true);
    window.addEventListener("scroll", onClose, true);
    window.addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("keydown", onKeyDown, true);
      window.removeEventListener("scroll", onClose, true);
      window.removeEventListener("resize", onClose);
    };
  }, [onClose]);
}
