/** Connects an account in one of three ways, and shows success as soon as the phone is linked. */
import { useEffect, useEffectEvent, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { HostedPage } from "./HostedPage";
import { explain } from "./nextStep";
import { ScanCode } from "./ScanCode";
import { TypeCode } from "./TypeCode";
import { useConnecting } from "./useConnecting";
import styles from "./scan.module.css";

const SUCCESS_MS = 2_500;

type Way = "scan" | "type" | "hosted";

interface ConnectDialogProps {
  /** The account that needs a new code; without one, a new account is connected. */
  readonly known?: Account;
  readonly onClose: () => void;
}

export function ConnectDialog({ known, onClose }: ConnectDialogProps) {
  const [way, setWay] = useState<Way>("scan");
  const attempt = useConnecting(known?.id);
  const { ask, connected } = attempt;
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
      <Dialog title="Connected" onClose={onClose}>
        <Success account={connected} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog title={known === undefined ? "Connect a number" : "Reconnect this number"} onClose={onClose}>
      <Chosen way={way} attempt={attempt} known={known} />
      <OtherWays way={way} isNew={known === undefined} onChoose={choose} />
    </Dialog>
  );
}

interface ChosenProps {
  readonly way: Way;
  readonly attempt: ReturnType<typeof useConnecting>;
  readonly known: Account | undefined;
}

function Chosen({ way, attempt, known }: ChosenProps) {
  const { givenUp } = attempt;
  if (givenUp !== null) return <Notice tone="warn">{explain(givenUp)}</Notice>;
  if (way === "hosted") return <HostedPage />;
  return way === "scan" ? <ScanCode attempt={attempt} /> : <TypeCode attempt={attempt} phone={known?.phone ?? ""} />;
}

const TEXTS: Readonly<Record<Way, string>> = {
  scan: "Scan a code instead",
  type: "Link with phone number instead",
  hosted: "Use UniPile\u2019s page instead",
};

interface OtherWaysProps {
  readonly way: Way;
  readonly isNew: boolean;
  readonly onChoose: (way: Way) => void;
}

function OtherWays({ way, isNew, onChoose }: OtherWaysProps) {
  const ways: readonly Way[] = isNew ? ["scan", "type", "hosted"] : ["scan", "type"];
  return (
    <div className={styles.ways}>
      {ways.filter((other) => other !== way).map((other) => (
        <Button key={other} size="small" tone="quiet" onClick={() => onChoose(other)} data-testid={`connect-${other}`}>
          {TEXTS[other]}
        </Button>
      ))}
    </div>
  );
}

function Success({ account, onClose }: { readonly account: Account; readonly onClose: () => void }) {
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const timer = setTimeout(() => close(), SUCCESS_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.done} role="status" data-testid="connect-success">
      <span className={styles.tick}>
        <Icon name="check" size={40} />
      </span>
      <p>
        <strong translate="no">{nameAccount(account)}</strong> is connected. Its chats are on their way to your inbox.
      </p>
      <Button tone="primary" onClick={onClose}>
        Done
      </Button>
    </div>
  );
}
