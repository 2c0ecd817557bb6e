/** How long a code remains valid, and a button for a new one. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatCountdown, useCountdown } from "./countdown";
import styles from "./scan.module.css";

interface CountdownProps {
  readonly expiresAt: string;
  readonly isBusy: boolean;
  readonly onNewCode: () => void;
}

export function Countdown({ expiresAt, isBusy, onNewCode }: CountdownProps) {
  const left = useCountdown(expiresAt);
  const isOver = left === 0;
  return (
    <>
      <div className={styles.below}>
        <span className={styles.time} role="timer" data-testid="connect-countdown">
          {isOver ? t("numbers.code.expired") : t("numbers.code.expires", { time: formatCountdown(left) })}
        </span>
        <Button
          size="small"
          tone={isOver ? "primary" : "quiet"}
          isBusy={isBusy}
          onClick={onNewCode}
          data-testid="connect-new-code"
        >
          {!isBusy && <Icon name="refresh" size={16} />}
          <Text>{t("numbers.code.refresh")}</Text>
        </Button>
      </div>
      <p className="visually-hidden" aria-live="polite">
        {isOver ? t("numbers.code.overSpoken") : ""}
      </p>
    </>
  );
}
