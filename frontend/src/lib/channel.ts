/** Messages and locks between the tabs of one browser; a tab does not receive its own messages. */

export interface Channel {
  post(message: unknown): void;
  close(): void;
}

/** Opens a channel of this name; null where the browser has none. */
export type OpenChannel = (name: string, onMessage: (message: unknown) => void) => Channel | null;

export const openChannel: OpenChannel = (name, onMessage) => {
  if (typeof BroadcastChannel === "undefined") return null;
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event: MessageEvent<unknown>) => onMessage(event.data);
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
};

/** The part of `navigator.locks` that is used here; null where the browser has none (plain http, for instance). */
export type Locks = Pick<LockManager, "request">;

export function findLocks(): Locks | null {
  return (navigator as Partial<Pick<Navigator, "locks">>).locks ?? null;
}

/** What tabs need to find each other and to agree which of them does the work. */
export interface TabServices {
  readonly openChannel: OpenChannel;
  readonly locks: Locks;
}

/** Null where tabs cannot reach each other: each then works alone. */
export function findTabServices(): TabServices | null {
  const locks = findLocks();
  return locks === null || typeof BroadcastChannel === "undefined" ? null : { openChannel, locks };
}
