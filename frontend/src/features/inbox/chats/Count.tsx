/** The number behind a tab or filter; nothing for zero. */
import styles from "./chat-list.module.css";

export const MAX_SHOWN = 999;

interface CountProps {
  readonly value: number;
  /** What is counted. */
  readonly label: string;
}

export function Count({ value, label }: CountProps) {
  if (value === 0) return null;
  const shown = value > MAX_SHOWN ? `${MAX_SHOWN}+` : String(value);
  return (
    <span className={styles.filterCount} translate="no" data-testid="filter-count">
      <span key={shown}>{shown}</span>
      <span className="visually-hidden">{` ${label}`}</span>
    </span>
  );
}
