/** The button for what a notice about an account asks for; none for a user who may not do it. */
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { useConnect } from "@/lib/connect";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";
import { mayReconnect } from "./nextStep";

interface AccountNextStepProps {
  readonly account: Account;
  readonly className: string | undefined;
}

export function AccountNextStep({ account, className }: AccountNextStepProps) {
  const can = useCan();
  const connect = useConnect();
  const step = account.next_step;
  if (step === "connect") {
    if (!can("connect_number")) return null;
    return (
      <Button size="small" className={className} onClick={() => connect()}>
        {t("numbers.connectAgain")}
      </Button>
    );
  }
  if (!mayReconnect(account) || !can("manage_number", account)) return null;
  return (
    <Button size="small" className={className} onClick={() => connect(account)} data-testid="notice-reconnect">
      {step === "scan" ? t("numbers.showCode") : t("numbers.reconnect")}
    </Button>
  );
}
