/** Reports, on every page, accounts that were connected on UniPile's page and rejected, with the reason, until dismissed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { describeFailure } from "@/lib/api/errors";
import { useApi } from "@/lib/api/context";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { useCan } from "@/lib/rights";
import type { RejectedAccountNotice } from "@/lib/socket/userSchemas";
import { useConnectionState, useFeedListener } from "@/lib/socket/context";
import styles from "./rejected-banner.module.css";

const REJECTED_KEY = ["rejected-accounts"] as const;

/** Those not dismissed yet: pushed as they happen, and read again whenever a push may have been lost. */
function useRejected() {
  const [api, client] = [useApi(), useQueryClient()];
  const mayConnect = useCan()("connect_number");
  const isLive = useConnectionState() === "live";
  const { data } = useQuery({
    queryKey: REJECTED_KEY,
    queryFn: ({ signal }) => api.listRejectedAccounts(signal),
    enabled: mayConnect && isLive,
  });
  const update = (change: (known: readonly RejectedAccountNotice[]) => readonly RejectedAccountNotice[]) =>
    client.setQueryData<readonly RejectedAccountNotice[]>(REJECTED_KEY, (known = []) => change(known));
  useFeedListener({
    onChange: ({ event, data }) => {
      if (event !== "account:refused" && event !== "unnumbered:missed") return;
      if (event === "account:refused") update((known) => [data, ...known.filter(({ id }) => id !== data.id)]);
      // An answer that is on its way now was read before this push.
      void client.invalidateQueries({ queryKey: REJECTED_KEY });
    },
  });
  const dismiss = async (rejectedId: number) => {
    await client.cancelQueries({ queryKey: REJECTED_KEY });
    update((known) => known.filter(({ id }) => id !== rejectedId));
    // If the request fails the notice is shown again: better twice than never.
    await api.dismissRejectedAccount(rejectedId).catch(() => undefined);
  };
  return { rejected: data ?? [], dismiss };
}

export function RejectedBanner() {
  const { rejected, dismiss } = useRejected();
  return (
    <div role="status">
      {rejected.map(({ id, phone, error }) => (
        <div key={id} className={styles.banner} data-testid="refused-banner">
          <p>{t("numbers.rejected", { name: formatPhoneOrNull(phone) ?? t("numbers.rejected.unnamed"), reason: describeFailure(error) })}</p>
          <IconButton label={t("numbers.dismiss")} onClick={() => void dismiss(id)}>
            <Icon name="close" size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
