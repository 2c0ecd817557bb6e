/** On the card of a number: whether it is open, what it sends by itself, and the dialog in which that is changed. */
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Button } from "@/components/Button";
import { LoadingDialog } from "@/components/LoadingDialog";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { useCommand } from "@/lib/commands/context";
import { useHours } from "@/lib/hours";
import { lazyPart } from "@/lib/lazyPart";
import { isolate } from "@/lib/texts";
import type { Account } from "@/types/wire";
import { describeReplies, describeState } from "./stateText";
import styles from "./hours-setting.module.css";

const HoursDialog = lazyPart(async () => (await import("./HoursDialog")).HoursDialog, { Waiting: LoadingDialog });

/** Undefined until it is known, and where nothing was ever stored. */
function useReplies({ id, auto_replies_changed_at: changedAt }: Account) {
  const api = useApi();
  return useQuery({
    queryKey: ["auto-replies", id, changedAt],
    queryFn: ({ signal }) => api.fetchAutoReplies(id, signal),
    enabled: changedAt !== null,
    staleTime: Infinity,
  }).data;
}

export function HoursSetting({ account }: { readonly account: Account }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const hours = useHours(account);
  const replies = describeReplies(useReplies(account));
  const open = () => setOpen(true);
  const label = t("hours.command", { name: isolate(nameAccount(account)) });
  useCommand({ id: `numbers.hours.${account.id}`, group: "settings", label, run: open });
  return (
    <div className={styles.setting}>
      <div>
        <span id={id}>
          <Text>{t("hours.setting")}</Text>
        </span>
        <p data-testid="account-hours-state">{hours === undefined ? "\u00a0" : describeState(hours)}</p>
        {replies !== null && <p data-testid="account-replies-state">{replies}</p>}
      </div>
      <Button size="small" aria-describedby={id} onClick={open} data-testid="account-hours">
        {t("hours.change")}
      </Button>
      {isOpen && <HoursDialog account={account} onClose={() => setOpen(false)} />}
    </div>
  );
}
