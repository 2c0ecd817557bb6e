/** An inbox without a number: it opens the dialog that connects one, and keeps a button for it. */
import { useEffect, useEffectEvent } from "react";
import { Button } from "@/components/Button";
import { EmptyState } from "@/components/States";
import { t } from "@/i18n/translate";
import { isPairing, useAccounts } from "@/lib/accounts";
import { useConnect } from "@/lib/connect";
import { usePageShown } from "@/lib/lazyPart";
import { useCan, useMe } from "@/lib/rights";
import { useEntitlements } from "@/lib/usage";

export function FirstNumber() {
  const connect = useConnect();
  usePageShown();
  const mayConnect = useCan()("connect_number");
  useOffer(mayConnect);
  const action = mayConnect && (
    <Button tone="primary" size="large" onClick={() => connect()} data-testid="connect-first">
      {t("numbers.connect")}
    </Button>
  );
  return (
    <EmptyState icon="phone" level={1} title={t("numbers.empty.title")} action={action}>
      {mayConnect ? t("numbers.empty.text") : t("numbers.empty.ask")}
    </EmptyState>
  );
}

/** Opens the dialog once per tab: who has closed it finds the button. */
function useOffer(mayConnect: boolean): void {
  const connect = useConnect();
  const userId = useMe().data?.user.id;
  // Another tab may be showing a code, and without a plan the dialog could only say so.
  const isBusy = useAccounts().data?.some(isPairing) ?? true;
  const hasRoom = useEntitlements().data?.some(({ is_active, accounts: { allowed, used } }) => is_active && (allowed === null || used < allowed)) ?? false;
  const isWanted = mayConnect && hasRoom && !isBusy;
  const offer = useEffectEvent(() => connect());
  useEffect(() => {
    if (isWanted && userId !== undefined && takeOffer(userId)) offer();
  }, [isWanted, userId]);
}

/** False in a tab where this user has got the offer, and without storage, where it would come at every visit. */
function takeOffer(userId: number): boolean {
  try {
    const key = `confab.connect-offered.${userId}`;
    if (sessionStorage.getItem(key) !== null) return false;
    sessionStorage.setItem(key, "1");
    return true;
  } catch {
    return false;
  }
}
