/** Signing out, with a question when messages would be lost. */
import { useState } from "react";
import { useInbox } from "@/features/inbox/context";
import { useSession } from "@/features/session/context";
import { lazyPart } from "@/lib/lazyPart";

export const SignOutDialog = lazyPart(async () => (await import("./SignOutDialog")).SignOutDialog);

interface SignOut {
  /** The messages that would be lost, while the user is asked about them; else 0. */
  readonly unsent: number;
  readonly ask: () => void;
  readonly leave: () => void;
  readonly cancel: () => void;
}

export function useSignOut(): SignOut {
  const session = useSession();
  const { store, notes } = useInbox();
  const [unsent, setUnsent] = useState(0);
  const leave = () => void Promise.all([store.outbox.clear(), notes.outbox.clear()]).then(() => session.logout());
  const ask = () => {
    const count = store.outbox.entries.length + notes.outbox.entries.length;
    if (count === 0) leave();
    else setUnsent(count);
  };
  return { unsent, ask, leave, cancel: () => setUnsent(0) };
}
