/** Connects an account in one of three ways, and leads into the inbox as soon as the phone is linked. */
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon, type IconName } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import type { MessageId } from "@/i18n/ids";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { HostedPage } from "./HostedPage";
import { explain } from "@/features/connections/account/nextStep";
import { ScanCode } from "./ScanCode";
import { TypeCode } from "./TypeCode";
import { useConnecting } from "./useConnecting";
import styles from "./scan.module.css";

type Way = "scan" | "type" | "hosted";

interface ConnectDialogProps {
  /** The account that needs a new code; without one, a new account is connected. */
  readonly known?: Account | undefined;
  readonly onClose: () => void;
}

export function ConnectDialog({ known, onClose }: ConnectDialogProps) {
  const [way, setWay] = useState<Way>("scan");
  const attempt = useConnecting(known?.id);
  const { ask } = attempt;
  const reconnected = useReconnected(way === "hosted" ? known : undefined);
  const connected = attempt.connected ?? reconnected;
  const begin = useEffectEvent(() => ask.mutate({}));
  useEffect(() => {
    // Once per dialog: a second code would invalidate the first, also when React mounts twice in development.
    const timer = setTimeout(begin, 0);
    return () => clearTimeout(timer);
  }, []);
  function choose(next: Way) {
    setWay(next);
    attempt.forget();
    if (next === "scan") ask.mutate({});
  }
  if (connected !== null) {
    return (
      <Dialog title={t("numbers.success.title")} onClose={onClose}>
        <Success account={connected} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={known === undefined ? t("numbers.connect") : t("numbers.reconnect.title")} onClose={onClose}>
      <Chosen way={way} attempt={attempt} known={known} />
      <OtherWays way={way} onChoose={choose} />
    </Dialog>
  );
}

/** The account that is reconnected on the hosted page, once it works again: that page tells this one nothing. */
function useReconnected(known: Account | undefined): Account | null {
  const current = useAccounts().data?.find(({ id }) => id === known?.id);
  return current?.status === "connected" ? current : null;
}

interface ChosenProps {
  readonly way: Way;
  readonly attempt: ReturnType<typeof useConnecting>;
  readonly known: Account | undefined;
}

function Chosen({ way, attempt, known }: ChosenProps) {
  const { givenUp } = attempt;
  if (givenUp !== null) return <Notice tone="warn">{explain(givenUp)}</Notice>;
  if (way === "hosted") return <HostedPage knownId={known?.id} />;
  return way === "scan" ? <ScanCode attempt={attempt} /> : <TypeCode attempt={attempt} phone={known?.phone ?? ""} />;
}

const WAYS: Readonly<Record<Way, { readonly icon: IconName; readonly text: MessageId }>> = {
  scan: { icon: "qr", text: "numbers.way.scan" },
  type: { icon: "keyboard", text: "numbers.way.type" },
  hosted: { icon: "external", text: "numbers.way.hosted" },
};

const WAY_NAMES = ["scan", "type", "hosted"] as const;

interface OtherWaysProps {
  readonly way: Way;
  readonly onChoose: (way: Way) => void;
}

function OtherWays({ way, onChoose }: OtherWaysProps) {
  return (
    <section className={styles.ways} aria-label={t("numbers.way.others")}>
      {WAY_NAMES.filter((other) => other !== way).map((other) => (
        <button key={other} type="button" className={styles.way} onClick={() => onChoose(other)} data-testid={`connect-${other}`}>
          <Icon name={WAYS[other].icon} size={18} />
          <Text>{t(WAYS[other].text)}</Text>
          <span className={styles.onwards}>
            <Icon name="forward" size={16} />
          </span>
        </button>
      ))}
    </section>
  );
}

function Success({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const isOnly = useAccounts().data?.length === 1;
  const openInbox = () => {
    onClose();
    navigate(isOnly ? "/inbox" : `/inbox?account=${account.id}`);
  };
  return (
    <div className={styles.done} role="status" data-testid="connect-success">
      <span className={styles.tick}>
        <Icon name="check" size={40} />
      </span>
      <p>
        <Translated id="numbers.success.text" values={{ name: nameAccount(account) }} components={{ b: <strong translate="no" /> }} />
      </p>
      <Button tone="primary" size="large" onClick={openInbox} data-testid="connect-open-inbox">
        {t("numbers.openInbox")}
      </Button>
    </div>
  );
}
