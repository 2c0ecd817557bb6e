/** The line between two panes: drag it, move it with the arrow keys, or press it twice for the usual width. */
import type { KeyboardEvent, PointerEvent } from "react";
import { t } from "@/i18n/translate";
import { changePanes, clampWidth, LIMITS, type Pane } from "./panes";
import { usePanes } from "./usePanes";
import styles from "./layout.module.css";

const STEP_PX = 16;
const LABELS = { list: "contacts.pane.resizeList", context: "contacts.pane.resizeDetails" } as const;

interface PaneSeparatorProps {
  readonly pane: Pane;
  /** The id of the pane. */
  readonly controls: string;
}

const isRightToLeft = (): boolean => document.documentElement.dir === "rtl";

/** 1 where the pane grows with the pointer's x: the list on the left, the details on the right from right to left. */
const growth = (pane: Pane): 1 | -1 => ((pane === "list") === isRightToLeft() ? -1 : 1);

function keyedWidth(pane: Pane, width: number, key: string): number | null {
  const { min, usual, max } = LIMITS[pane];
  const widths: Readonly<Record<string, number>> = {
    ArrowRight: width + STEP_PX * growth(pane),
    ArrowLeft: width - STEP_PX * growth(pane),
    Home: min,
    End: max,
    Enter: usual,
  };
  return widths[key] ?? null;
}

export function PaneSeparator({ pane, controls }: PaneSeparatorProps) {
  const width = usePanes()[pane];
  const { min, usual, max } = LIMITS[pane];
  const set = (next: number) => changePanes({ [pane]: clampWidth(pane, next) });
  const onKeyDown = (event: KeyboardEvent) => {
    const next = keyedWidth(pane, width, event.key);
    if (next === null) return;
    event.preventDefault();
    set(next);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    const from = event.clientX;
    if (event.button !== 0) return;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = (moved) => set(width + (moved.clientX - from) * growth(pane));
    handle.onlostpointercapture = () => (handle.onpointermove = null);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator with a focus is a control (WAI-ARIA)
    <div
      className={styles.separator}
      role="separator"
      aria-orientation="vertical"
      aria-label={t(LABELS[pane])}
      aria-controls={controls}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onDoubleClick={() => set(usual)}
      data-testid={`resize-${pane}`}
    />
  );
}
