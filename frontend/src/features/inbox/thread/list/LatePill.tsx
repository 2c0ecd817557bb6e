/** Announces messages that came late and are sorted above what is read, and leads to them. */
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import styles from "./message-list.module.css";

interface LatePillProps {
  readonly late: readonly number[];
  readonly onShow: (messageId: number) => void;
}

export function LatePill({ late, onShow }: LatePillProps) {
  const [nearest] = late;
  return (
    <div role="status" aria-live="polite">
      {nearest !== undefined && (
        <button type="button" className={styles.late} onClick={() => onShow(nearest)} data-testid="thread-late">
          <Icon name="up" size={16} />
          <span>{t("thread.late", { count: late.length })}</span>
        </button>
      )}
    </div>
  );
}
