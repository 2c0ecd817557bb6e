/** Confirms before an account is disconnected. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { ACCOUNTS_KEY, nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";

interface ConfirmDisconnectProps {
  readonly account: Account;
  readonly onClose: () => void;
}

export function ConfirmDisconnect({ account, onClose }: ConfirmDisconnectProps) {
  const api = useApi();
  const client = useQueryClient();
  const disconnect = useMutation({
    mutationFn: () => api.disconnectAccount(account.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
      onClose();
    },
  });
  return (
    <Dialog title={t("numbers.disconnect.title")} onClose={onClose}>
      <p>
        <Translated id="numbers.disconnect.text" values={{ name: nameAccount(account) }} components={{ b: <strong translate="no" /> }} />
      </p>
      {disconnect.error !== null && <Notice tone="bad">{describeError(disconnect.error)}</Notice>}
      <DialogButtons>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button tone="danger" isBusy={disconnect.isPending} onClick={() => disconnect.mutate()} data-testid="confirm-disconnect">
          {t("numbers.disconnect.confirm")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
