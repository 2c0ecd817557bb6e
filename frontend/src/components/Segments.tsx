/** Few choices side by side, of which one is chosen: tabs, or a choice within a menu. */
import type { ButtonHTMLAttributes, ReactNode } from "react";
import { classes } from "./classes";
import styles from "./segments.module.css";

interface SegmentsProps {
  readonly role: "tablist" | "group";
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Segments({ role, label, className, children }: SegmentsProps) {
  return (
    <div className={classes(styles.segments, className)} role={role} aria-label={label}>
      {children}
    </div>
  );
}

interface SegmentProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly role: "tab" | "menuitemradio";
  readonly isChosen: boolean;
}

export function Segment({ role, isChosen, ...rest }: SegmentProps) {
  const chosen = role === "tab" ? { "aria-selected": isChosen } : { "aria-checked": isChosen };
  return <button type="button" role={role} {...chosen} {...rest} className={classes(styles.segment, isChosen && styles.chosen)} />;
}
