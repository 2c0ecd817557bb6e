/** The messages of the open chat that were held, and the two ways on. */
import { useInbox, useInboxSnapshot } from "@/features/inbox/context";
import { isHeld, type Pending } from "@/features/inbox/data/pending";
import type { Tray } from "@/features/inbox/composer/files/tray";

export interface Held {
  readonly entries: readonly Pending[];
  /** Sends them all the same. */
  readonly release: () => void;
  /** Puts them back into the composer. */
  readonly takeBack: () => void;
}

const joinTexts = (texts: readonly string[]): string => texts.filter((text) => text !== "").join("\n");

/** Null if there are none. */
export function useHeld(chatId: number, tray: Tray): Held | null {
  const { store, drafts } = useInbox();
  const entries = useInboxSnapshot().pending.filter((entry) => entry.chatId === chatId && isHeld(entry));
  const [first] = entries;
  if (first === undefined) return null;
  const takeBack = () => {
    const { text, quoted } = drafts.read(chatId);
    const back = joinTexts([...entries.map((entry) => entry.text), text]);
    drafts.change(chatId, { accountId: first.accountId, text: back, caret: [back.length, back.length], quoted: quoted ?? first.quoted ?? null });
    const files = entries.flatMap((entry) => entry.files ?? []);
    if (files.length > 0) tray.add(files);
    for (const { clientId } of entries) store.discard(clientId);
  };
  return { entries, release: () => void store.outbox.release(chatId), takeBack };
}
