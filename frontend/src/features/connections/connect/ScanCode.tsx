/** The QR code with its countdown and the steps on the phone. */
import { Notice } from "@/components/Notice";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { Countdown } from "./Countdown";
import { useCountdown } from "./countdown";
import { QrCode } from "./QrCode";
import { TestPhone } from "./TestPhone";
import type { useConnecting } from "./useConnecting";
import { classes } from "@/components/classes";
import styles from "./scan.module.css";

interface ScanCodeProps {
  readonly attempt: ReturnType<typeof useConnecting>;
}

export function ScanCode({ attempt: { ask, shown } }: ScanCodeProps) {
  const checkpoint = shown?.checkpoint?.type === "qrcode" ? shown.checkpoint : null;
  const askAgain = () => ask.mutate({ again: true });
  if (ask.error !== null && checkpoint === null) {
    return <ErrorState title={t("numbers.code.failed")} message={describeError(ask.error)} onRetry={askAgain} />;
  }
  return (
    <div className={styles.scan}>
      {ask.error !== null && <Notice tone="warn">{describeError(ask.error)}</Notice>}
      {checkpoint === null ? (
        <Loading label={t("numbers.code.loading")}>
          <Skeleton className={styles.skeleton} />
        </Loading>
      ) : (
        <Code
          key={checkpoint.qrcode}
          text={checkpoint.qrcode}
          expiresAt={checkpoint.expires_at}
          isBusy={ask.isPending}
          onNewCode={askAgain}
        />
      )}
      <ol className={styles.steps}>
        <li>{t("numbers.scan.open")}</li>
        <li>
          <Translated id="numbers.scan.link" components={{ b: <strong /> }} />
        </li>
        <li>{t("numbers.scan.point")}</li>
      </ol>
      <TestPhone accountId={shown?.account.id ?? null} />
    </div>
  );
}

interface CodeProps {
  readonly text: string;
  readonly expiresAt: string;
  readonly isBusy: boolean;
  readonly onNewCode: () => void;
}

function Code({ text, expiresAt, isBusy, onNewCode }: CodeProps) {
  const isOver = useCountdown(expiresAt) === 0;
  return (
    <div className={styles.code}>
      <div className={classes(styles.frame, isOver && styles.over)}>
        <QrCode text={text} />
        {isOver && <p className={styles.veil}>{t("numbers.code.over")}</p>}
      </div>
      <Countdown expiresAt={expiresAt} isBusy={isBusy} onNewCode={onNewCode} />
    </div>
  );
}
