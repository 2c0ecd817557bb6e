/** A store with its outbox, for tests that need an inbox. */
import { Outbox } from "@/features/inbox/data/outbox";
import type { Failure, OutboxOptions, Post } from "@/features/inbox/data/outboxOptions";
import { InboxStore, type StoreOptions } from "@/features/inbox/data/store";

interface Options extends Partial<StoreOptions>, Partial<Pick<OutboxOptions, "storage" | "tabServices">> {
  readonly post?: Post;
  readonly explain?: (error: unknown) => Partial<Failure>;
}

/** Without more options nothing can be sent, and all threads are cached. */
export function makeInboxStore({ isThreadCached = () => true, post = () => Promise.reject(new Error("away")), explain, onChat, ...options }: Options = {}): InboxStore {
  const store = new InboxStore({ isThreadCached, ...(onChat && { onChat }) });
  store.outbox.attach((hooks) => new Outbox({ ...hooks, ...options, post, explain: (error) => ({ isPassing: false, sentence: String(error), ...explain?.(error) }) }));
  return store;
}
