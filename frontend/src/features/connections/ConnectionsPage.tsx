/** The user's accounts, and connecting another one. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { isForgotten, useAccounts } from "@/lib/accounts";
import { describeError } from "@/lib/api/errors";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";
import { AccountCard } from "./AccountCard";
import { ConfirmDisconnect } from "./ConfirmDisconnect";
import { ConnectDialog } from "./ConnectDialog";
import { EraseAccount } from "./EraseAccount";
import { Erasures } from "./Erasures";
import { TransferPayer } from "./TransferPayer";
import { MembersDialog } from "./MembersDialog";
import panelsStyles from "@/components/panels.module.css";
import styles from "./connections.module.css";

type OpenDialog =
  | { readonly kind: "connect" }
  | { readonly kind: "reconnect"; readonly account: Account }
  | { readonly kind: "disconnect"; readonly account: Account }
  | { readonly kind: "erase"; readonly account: Account }
  | { readonly kind: "members"; readonly account: Account }
  | { readonly kind: "hand-over"; readonly account: Account };

export function ConnectionsPage() {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const mayConnect = useCan()("connect_number");
  const close = () => setDialog(null);
  return (
    <div className={styles.connections}>
      <header className={styles.head}>
        <div>
          <h1>Connections</h1>
          <p className="muted">The WhatsApp numbers your team answers from.</p>
        </div>
        {mayConnect && (
          <Button tone="primary" onClick={() => setDialog({ kind: "connect" })} data-testid="connect-number">
            <Icon name="plus" size={18} />
            Connect a number
          </Button>
        )}
      </header>
      <Erasures />
      <AccountList onOpen={setDialog} />
      {dialog !== null && <OpenedDialog dialog={dialog} onOpen={setDialog} onClose={close} />}
    </div>
  );
}

interface OpenedDialogProps {
  readonly dialog: OpenDialog;
  readonly onOpen: (dialog: OpenDialog) => void;
  readonly onClose: () => void;
}

function OpenedDialog({ dialog, onOpen, onClose }: OpenedDialogProps) {
  switch (dialog.kind) {
    case "connect":
      return <ConnectDialog onClose={onClose} />;
    case "reconnect":
      return <ConnectDialog known={dialog.account} onClose={onClose} />;
    case "members":
      return (
        <MembersDialog
          account={dialog.account}
          onTransfer={() => onOpen({ kind: "hand-over", account: dialog.account })}
          onClose={onClose}
        />
      );
    case "hand-over":
      return <TransferPayer account={dialog.account} onClose={() => onOpen({ kind: "members", account: dialog.account })} />;
    case "disconnect":
      return <ConfirmDisconnect account={dialog.account} onClose={onClose} />;
    case "erase":
      return <EraseAccount account={dialog.account} onClose={onClose} />;
  }
}

function AccountList({ onOpen }: { readonly onOpen: (dialog: OpenDialog) => void }) {
  const accounts = useAccounts();
  const can = useCan();
  if (accounts.data === undefined) {
    if (!accounts.isError) return <AccountSkeletons />;
    return (
      <ErrorState
        title="Your numbers could not be loaded"
        message={describeError(accounts.error)}
        onRetry={() => void accounts.refetch()}
      />
    );
  }
  const rows = accounts.data.filter((account) => !isForgotten(account));
  if (rows.length === 0) {
    return (
      <EmptyState icon="phone" title="No number connected yet">
        Link a WhatsApp number by scanning a code, just like WhatsApp Web. Its chats appear in the inbox within seconds.
      </EmptyState>
    );
  }
  return (
    <ul className={styles.accounts}>
      {rows.map((account) => (
        <AccountCard
          key={account.id}
          account={account}
          onReconnect={() => onOpen({ kind: "reconnect", account })}
          onConnect={() => onOpen({ kind: "connect" })}
          onMembers={can("manage_members", account) ? () => onOpen({ kind: "members", account }) : undefined}
          onDisconnect={() => onOpen({ kind: "disconnect", account })}
          onErase={can("erase_number", account) ? () => onOpen({ kind: "erase", account }) : undefined}
        />
      ))}
    </ul>
  );
}

function AccountSkeletons() {
  return (
    <Loading label="Loading your numbers">
      <div className={styles.accounts}>
        <Skeleton className={panelsStyles.skeleton} />
        <Skeleton className={panelsStyles.skeleton} />
      </div>
    </Loading>
  );
}
