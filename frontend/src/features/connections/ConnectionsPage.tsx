/** The user's accounts, and connecting another one. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { isForgotten, useAccounts } from "@/lib/accounts";
import { describeError } from "@/lib/api/errors";
import { useConnect } from "@/lib/connect";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";
import { AccountCard } from "./account/AccountCard";
import { ConfirmDisconnect } from "./account/ConfirmDisconnect";
import { EraseAccount } from "./account/EraseAccount";
import { Erasures } from "./account/Erasures";
import { TransferPayer } from "./account/TransferPayer";
import { MembersDialog } from "./account/MembersDialog";
import panelsStyles from "@/components/panels.module.css";
import styles from "./connections.module.css";

type OpenDialog =
  | { readonly kind: "disconnect"; readonly account: Account }
  | { readonly kind: "erase"; readonly account: Account }
  | { readonly kind: "members"; readonly account: Account }
  | { readonly kind: "hand-over"; readonly account: Account };

export function ConnectionsPage() {
  const [dialog, setDialog] = useState<OpenDialog | null>(null);
  const mayConnect = useCan()("connect_number");
  const connect = useConnect();
  const hasNumbers = useAccounts().data?.some((account) => !isForgotten(account)) ?? false;
  const close = () => setDialog(null);
  return (
    <Page
      title={t("numbers.title")}
      about={t("numbers.about")}
      action={
        mayConnect && hasNumbers && (
          <Button tone="primary" onClick={() => connect()} data-testid="connect-number">
            <Icon name="plus" size={18} />
            <Text>{t("numbers.connect")}</Text>
          </Button>
        )
      }
    >
      <Erasures />
      <AccountList onOpen={setDialog} />
      {dialog !== null && <OpenedDialog dialog={dialog} onOpen={setDialog} onClose={close} />}
    </Page>
  );
}

interface OpenedDialogProps {
  readonly dialog: OpenDialog;
  readonly onOpen: (dialog: OpenDialog) => void;
  readonly onClose: () => void;
}

function OpenedDialog({ dialog, onOpen, onClose }: OpenedDialogProps) {
  switch (dialog.kind) {
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
  // When the last message came, and what was found late, no push says.
  const accounts = useAccounts(READ_WHEN_OPENED);
  const can = useCan();
  if (accounts.data === undefined) {
    if (!accounts.isError) return <AccountSkeletons />;
    return (
      <ErrorState
        title={t("numbers.failed")}
        message={describeError(accounts.error)}
        onRetry={() => void accounts.refetch()}
      />
    );
  }
  const rows = accounts.data.filter((account) => !isForgotten(account));
  if (rows.length === 0) {
    return <FirstNumber />;
  }
  return (
    <ul className={styles.accounts}>
      {rows.map((account) => (
        <AccountCard
          key={account.id}
          account={account}
          onMembers={can("manage_members", account) ? () => onOpen({ kind: "members", account }) : undefined}
          onDisconnect={() => onOpen({ kind: "disconnect", account })}
          onErase={can("erase_number", account) ? () => onOpen({ kind: "erase", account }) : undefined}
        />
      ))}
    </ul>
  );
}

function FirstNumber() {
  const connect = useConnect();
  const mayConnect = useCan()("connect_number");
  const action = mayConnect && (
    <Button tone="primary" size="large" onClick={() => connect()} data-testid="connect-number">
      {t("numbers.connect")}
    </Button>
  );
  return (
    <EmptyState icon="phone" title={t("numbers.empty.title")} action={action}>
      {mayConnect ? t("numbers.empty.text") : t("numbers.empty.ask")}
    </EmptyState>
  );
}

function AccountSkeletons() {
  return (
    <Loading label={t("numbers.loading")}>
      <div className={styles.accounts}>
        <Skeleton className={panelsStyles.skeleton} />
        <Skeleton className={panelsStyles.skeleton} />
      </div>
    </Loading>
  );
}
