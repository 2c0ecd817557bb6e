/** A badge with the number of unread messages; nothing for zero. */
import styles from "./chat-list.module.css";
export const MAX_SHOWN = 999;

export function Count({ value }: { readonly value: number }) {
  if (value === 0) return null;
  const shown = value > MAX_SHOWN ? `${MAX_SHOWN}+` : String(value);
  return (
    <span className={styles.filterCount} translate="no" data-testid="filter-count">
      <span key={shown}>{shown}</span>
      <span className="visually-hidden"> unread</span>
    </span>
  );
}
