/** Signs out, after a warning when messages are still unsent. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { useInbox } from "@/features/inbox/context";
import { useSession } from "@/features/session/context";
import dialogStyles from "@/components/dialog.module.css";
import styles from "./shell.module.css";

export function LogoutButton({ name }: { readonly name: string }) {
  const session = useSession();
  const { store } = useInbox();
  const [waiting, setWaiting] = useState(0);
  const leave = async () => {
    await store.outbox.clear();
    await session.logout();
  };
  const ask = () => {
    const count = store.outbox.entries.length;
    if (count === 0) void leave();
    else setWaiting(count);
  };
  return (
    <>
      <button type="button" className={styles.railItem} title={`Log out ${name}`} onClick={ask} data-testid="logout">
        <Icon name="logout" size={22} />
        <span>Log out</span>
      </button>
      {waiting > 0 && <Unsent count={waiting} onLeave={() => void leave()} onStay={() => setWaiting(0)} />}
    </>
  );
}

interface UnsentProps {
  readonly count: number;
  readonly onLeave: () => void;
  readonly onStay: () => void;
}

function Unsent({ count, onLeave, onStay }: UnsentProps) {
  return (
    <Dialog title="Log out?" onClose={onStay}>
      <p>
        {`${count === 1 ? "One message has not been sent yet. It is" : `${count} messages have not been sent yet. They are`} deleted when you log out.`}
      </p>
      <div className={dialogStyles.actions}>
        <Button onClick={onStay}>Stay</Button>
        <Button tone="danger" onClick={onLeave} data-testid="logout-anyway">
          Log out and delete
        </Button>
      </div>
    </Dialog>
  );
}
