/** The leading tab's socket, and the state that tabs joining later need. */
import { Connection, type ConnectionOptions } from "./connection";
import { isRecord, parseHeads, type Cursors, type Push } from "./frames";

/** A tab that has not reported its chats for this long is closed. */
export const TAB_TIMEOUT_MS = 60_000;

interface TabChats {
  readonly chats: readonly number[];
  readonly at: number;
}

type Callbacks = Pick<ConnectionOptions, "onPush" | "onJoined" | "onState"> & { readonly release: () => void };

/** Each presence and typing push is complete, so the last one of each chat is the whole state. */
function presenceKeyOf({ event, data }: Push): { readonly key: string; readonly isEmpty: boolean } | null {
  if ((event !== "presence" && event !== "typing") || !isRecord(data) || !Array.isArray(data.users)) return null;
  return { key: `${event}:${String(data.chat_id)}`, isEmpty: data.users.length === 0 };
}

export class Lead {
  readonly connection: Connection;
  readonly #release: () => void;
  readonly #heads = new Map<number, number>();
  readonly #presence = new Map<string, Push>();
  readonly #tabs = new Map<string, TabChats>();
  #hasEnded = false;

  constructor(options: ConnectionOptions, { onPush, onJoined, onState, release }: Callbacks) {
    this.#release = release;
    this.connection = new Connection({
      ...options,
      onPush: (push) => {
        this.#note(push);
        onPush(push);
      },
      onJoined: (heads, since) => {
        this.#noteHeads(heads);
        onJoined(heads, since);
      },
      onState: (state) => {
        if (this.#hasEnded) return;
        if (state !== "live") this.#presence.clear();
        onState(state);
      },
    });
  }

  heads(): Cursors {
    return Object.fromEntries([...this.#heads].map(([id, seq]) => [String(id), seq]));
  }

  presence(): Push[] {
    return [...this.#presence.values()];
  }

  /** Notes which chats a tab has open; the socket joins the rooms of all of them. */
  setTabChats(tab: string, chats: readonly number[]): void {
    this.#tabs.set(tab, { chats, at: Date.now() });
    for (const [id, tabChats] of this.#tabs) {
      if (tabChats.chats.length === 0 || Date.now() - tabChats.at > TAB_TIMEOUT_MS) this.#tabs.delete(id);
    }
    this.connection.setChats(new Set([...this.#tabs.values()].flatMap((tabChats) => tabChats.chats)));
  }

  /** Closes the socket and lets the next tab lead. */
  end(): void {
    this.#hasEnded = true;
    this.connection.stop();
    this.#release();
  }

  #note(push: Push): void {
    if (push.event === "head") this.#noteHeads(push.data);
    else if (push.event === "reset") this.#heads.clear();
    else if (push.accountId !== null && push.seq !== null) this.#reach(push.accountId, push.seq);
    const presence = presenceKeyOf(push);
    if (presence?.isEmpty === true) this.#presence.delete(presence.key);
    else if (presence !== null) this.#presence.set(presence.key, push);
  }

  #noteHeads(heads: unknown): void {
    // The server's head, even if it is lower than before.
    for (const [accountId, seq] of parseHeads(heads)) this.#heads.set(accountId, seq);
  }

  #reach(accountId: number, seq: number): void {
    this.#heads.set(accountId, Math.max(seq, this.#heads.get(accountId) ?? 0));
  }
}
