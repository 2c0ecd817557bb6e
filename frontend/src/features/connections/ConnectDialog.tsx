/** Connects a number: shows the QR code, and turns to success by itself when the phone has scanned it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { applyAccount, nameAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { useFeed } from "@/lib/socket/context";
import type { Account, Checkpoint } from "@/types/wire";
import { formatCountdown, useCountdown } from "./countdown";
import { HostedPage } from "./HostedPage";
import { QrCode } from "./QrCode";

/** The event on the socket comes at once; this is the net below it. */
const POLL_MS = 4_000;
const SUCCESS_MS = 2_500;

interface ConnectDialogProps {
  /** A known number that needs a new code; without it a new one is connected. */
  readonly accountId?: number;
  readonly onClose: () => void;
}

/** Ask for a code: the first time for the new number, from then on for the same number again. */
function useCode(accountId: number | undefined) {
  const api = useApi();
  const client = useQueryClient();
  const feed = useFeed();
  return useMutation({
    mutationFn: (known: number | undefined) => {
      const id = known ?? accountId;
      return id === undefined ? api.connectAccount() : api.reconnectAccount(id);
    },
    onSuccess: ({ account }) => {
      feed.track(account.id, account.seq);
      applyAccount(client, account);
    },
  });
}

/** The code, and the account it is for as it stands now. */
function useConnecting(accountId: number | undefined) {
  const code = useCode(accountId);
  const accounts = useAccounts({ pollMs: POLL_MS });
  const id = code.data?.account.id ?? accountId;
  const account = accounts.data?.find((row) => row.id === id) ?? code.data?.account;
  const begin = useEffectEvent(() => code.mutate(undefined));
  useEffect(() => {
    // Once per dialog: a second code would spoil the first, also when React mounts twice in development.
    const timer = setTimeout(begin, 0);
    return () => clearTimeout(timer);
  }, []);
  const connected = code.isSuccess && account?.status === "connected" ? account : null;
  return { code, connected, askAgain: () => code.mutate(id) };
}

export function ConnectDialog({ accountId, onClose }: ConnectDialogProps) {
  const { code, connected, askAgain } = useConnecting(accountId);
  if (connected !== null) {
    return (
      <Dialog title="Connected" onClose={onClose}>
        <Success account={connected} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={accountId === undefined ? "Connect a number" : "Reconnect this number"} onClose={onClose}>
      <Scan checkpoint={code.data?.checkpoint ?? null} isBusy={code.isPending} error={code.error} onNewCode={askAgain} />
      {accountId === undefined && <HostedPage />}
    </Dialog>
  );
}

interface ScanProps {
  readonly checkpoint: Checkpoint | null;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onNewCode: () => void;
}

function Scan({ checkpoint, isBusy, error, onNewCode }: ScanProps) {
  if (error !== null && !isBusy) {
    return <ErrorState title="No code yet" message={describeError(error)} onRetry={onNewCode} />;
  }
  return (
    <div className="scan">
      {checkpoint === null ? (
        <Loading label="Getting a code">
          <Skeleton className="scan-skeleton" />
        </Loading>
      ) : (
        <Code key={checkpoint.qrcode} checkpoint={checkpoint} isBusy={isBusy} onNewCode={onNewCode} />
      )}
      <ol className="scan-steps">
        <li>Open WhatsApp on the phone with this number.</li>
        <li>
          Go to <strong>Settings → Linked devices</strong> and tap <strong>Link a device</strong>.
        </li>
        <li>Point the phone at this code.</li>
      </ol>
      <PhoneHint />
    </div>
  );
}

interface CodeProps {
  readonly checkpoint: Checkpoint;
  readonly isBusy: boolean;
  readonly onNewCode: () => void;
}

function Code({ checkpoint, isBusy, onNewCode }: CodeProps) {
  const left = useCountdown(checkpoint.expires_at);
  const isOver = left === 0;
  return (
    <div className="scan-code">
      <div className={`scan-frame ${isOver ? "scan-over" : ""}`}>
        <QrCode text={checkpoint.qrcode} />
        {isOver && <p className="scan-veil">This code has expired</p>}
      </div>
      <div className="scan-below">
        <span className="scan-time" role="timer" data-testid="connect-countdown">
          {isOver ? "Expired" : `Valid for ${formatCountdown(left)}`}
        </span>
        <Button
          size="small"
          tone={isOver ? "primary" : "quiet"}
          isBusy={isBusy}
          onClick={onNewCode}
          data-testid="connect-new-code"
        >
          {!isBusy && <Icon name="refresh" size={16} />}
          New code
        </Button>
      </div>
      <p className="visually-hidden" aria-live="polite">
        {isOver ? "The code has expired. Ask for a new one." : ""}
      </p>
    </div>
  );
}

function PhoneHint() {
  const url = useConfig().data?.phone_url ?? null;
  if (url === null) return null;
  return (
    <p className="scan-hint">
      This is the sandbox: <a href={url} target="_blank" rel="noreferrer">open the test phone <Icon name="external" size={15} /></a> and
      scan it there.
    </p>
  );
}

function Success({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const timer = setTimeout(() => close(), SUCCESS_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="scan-done" role="status" data-testid="connect-success">
      <span className="scan-tick">
        <Icon name="check" size={40} />
      </span>
      <p>
        <strong>{nameAccount(account)}</strong> is connected. Its chats are on their way to your inbox.
      </p>
      <Button tone="primary" onClick={onClose}>
        Done
      </Button>
    </div>
  );
}
