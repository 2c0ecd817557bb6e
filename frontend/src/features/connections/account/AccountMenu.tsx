/** What can be done with an account beside its next step. */
import { MenuButton, MenuItem, MenuLine } from "@/components/Menu";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { useExporting } from "@/lib/exporting";
import { useCan } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { Account } from "@/types/wire";

export interface AccountMenuProps {
  readonly account: Account;
  /** Absent for users who may not manage its members. */
  readonly onMembers?: (() => void) | undefined;
  readonly onDisconnect: () => void;
  /** Absent for users who may not erase it. */
  readonly onErase?: (() => void) | undefined;
}

export function AccountMenu({ account, onMembers, onDisconnect, onErase }: AccountMenuProps) {
  const mayManage = useCan()("manage_number", account);
  const showExports = useExporting();
  const busyDay = useBusyDay(account);
  const [isConnected, isKnown] = [account.status !== "disconnected", account.phone !== null];
  const items = [
    onMembers !== undefined && ({ icon: "people", text: t("numbers.access"), testId: "account-members", run: onMembers } as const),
    busyDay !== null && mayManage && ({ icon: "chat", text: t("numbers.busyDay"), testId: "account-busy-day", run: busyDay } as const),
    mayManage && isKnown && ({
      icon: "download",
      text: t("numbers.export"),
      testId: "account-export",
      run: () => showExports({ accountId: account.id, contactId: null, name: nameAccount(account) }),
    } as const),
    mayManage && isConnected && ({ icon: "close", text: t("numbers.disconnect"), testId: "account-disconnect", run: onDisconnect } as const),
  ].filter((item) => item !== false);
  if (items.length === 0 && onErase === undefined) return null;
  return (
    <MenuButton label={t("numbers.actions", { name: isolate(nameAccount(account)) })} icon="dots" testId="account-menu">
      {(close) => (
        <>
          {items.map(({ icon, text, testId, run }) => (
            <MenuItem key={testId} icon={icon} testId={testId} onSelect={() => leave(close, run)}>
              {text}
            </MenuItem>
          ))}
          {items.length > 0 && onErase !== undefined && <MenuLine />}
          {onErase !== undefined && (
            <MenuItem icon="trash" tone="danger" testId="account-erase" onSelect={() => leave(close, onErase)}>
              {t("numbers.delete")}
            </MenuItem>
          )}
        </>
      )}
    </MenuButton>
  );
}

/** The menu is closed first, so that a dialog gets the focus and gives it back to the menu's button. */
function leave(close: () => void, run: () => void): void {
  close();
  run();
}

/** In the sandbox only, for a number that works. */
function useBusyDay({ id, status }: Account): (() => void) | null {
  const api = useApi();
  const toasts = useToasts();
  if (useConfig().data?.sandbox !== true || status !== "connected") return null;
  return () => {
    api.playBusyDay(id).then(
      () => toasts.show({ text: t("numbers.busyDay.started") }),
      (error: unknown) => toasts.show({ text: describeError(error) }),
    );
  };
}
