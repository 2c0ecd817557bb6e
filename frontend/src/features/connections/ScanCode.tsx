/** The QR code with its countdown and the steps on the phone. */
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { Countdown } from "./Countdown";
import { useCountdown } from "./countdown";
import { QrCode } from "./QrCode";
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
    return <ErrorState title="No code yet" message={describeError(ask.error)} onRetry={askAgain} />;
  }
  return (
    <div className={styles.scan}>
      {ask.error !== null && <Notice tone="warn">{describeError(ask.error)}</Notice>}
      {checkpoint === null ? (
        <Loading label="Getting a code">
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
        <li>Open WhatsApp on the phone with this number.</li>
        <li>
          Go to <strong>Settings → Linked devices</strong> and tap <strong>Link a device</strong>.
        </li>
        <li>Point the phone at this code.</li>
      </ol>
      <PhoneInstructions>scan it there</PhoneInstructions>
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
        {isOver && <p className={styles.veil}>This code has expired</p>}
      </div>
      <Countdown expiresAt={expiresAt} isBusy={isBusy} onNewCode={onNewCode} />
    </div>
  );
}

export function PhoneInstructions({ children }: { readonly children: string }) {
  const url = useConfig().data?.phone_url ?? null;
  if (url === null) return null;
  return (
    <p className={styles.hint}>
      This is the sandbox: <a href={url} target="_blank" rel="noreferrer">open the test phone <Icon name="external" size={15} /></a> and{" "}
      <Text>{children}</Text>.
    </p>
  );
}
