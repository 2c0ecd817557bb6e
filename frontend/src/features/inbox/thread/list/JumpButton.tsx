/** Returns to the newest message, and says how many came in below the view. */
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import styles from "./message-list.module.css";

const MOST = 99;

interface JumpButtonProps {
  readonly isShown: boolean;
  readonly count: number;
  readonly onClick: () => void;
}

export function JumpButton({ isShown, count, onClick }: JumpButtonProps) {
  if (!isShown) return null;
  const label = count === 0 ? t("thread.jump") : t("thread.jumpCount", { count });
  return (
    <button type="button" className={styles.jump} onClick={onClick} aria-label={label} title={label} data-testid="thread-jump">
      <Icon name="down" />
      {count > 0 && (
        <span className={styles.jumpCount} data-testid="thread-jump-count" translate="no">
          {count > MOST ? `${MOST}+` : String(count)}
        </span>
      )}
    </button>
  );
}
