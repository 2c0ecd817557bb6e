/** The feed from the first render on: its code is loaded after the first page, and what is asked of it before is kept. */
import type { ConnectionState } from "./connection";
import type { Feed, FeedListener } from "./feed";

/** What the app asks of a feed. */
export type LiveFeed = Pick<Feed, "state" | "isComplete" | "start" | "stop" | "reconnectNow" | "reauth" | "listen" | "track" | "openChat" | "setTyping">;

interface OpenChat {
  readonly chatId: number;
  leave: () => void;
}

const NOTHING = (): void => undefined;

export class LateFeed implements LiveFeed {
  #feed: LiveFeed | null = null;
  readonly #listeners = new Set<FeedListener>();
  /** Opened before the feed was there. */
  readonly #openChats = new Set<OpenChat>();

  /** Once: from here on this is the other feed. */
  attach(feed: LiveFeed): void {
    if (this.#feed !== null) return;
    this.#feed = feed;
    feed.listen({
      onChange: (...change) => this.#notify((listener) => listener.onChange?.(...change)),
      onReset: (...account) => this.#notify((listener) => listener.onReset?.(...account)),
      onLeft: (accountId) => this.#notify((listener) => listener.onLeft?.(accountId)),
      onOwnReset: () => this.#notify((listener) => listener.onOwnReset?.()),
      onState: (state) => this.#notify((listener) => listener.onState?.(state)),
    });
    for (const open of this.#openChats) open.leave = feed.openChat(open.chatId);
  }

  get state(): ConnectionState {
    return this.#feed?.state ?? "stopped";
  }

  get isComplete(): boolean {
    return this.#feed?.isComplete ?? false;
  }

  start(): void {
    this.#feed?.start();
  }

  stop(): void {
    this.#feed?.stop();
  }

  reconnectNow(): void {
    this.#feed?.reconnectNow();
  }

  reauth(token: string): void {
    this.#feed?.reauth(token);
  }

  track(accountId: number, seq: number): void {
    this.#feed?.track(accountId, seq);
  }

  setTyping(chatId: number, isOn: boolean): void {
    this.#feed?.setTyping(chatId, isOn);
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  openChat(chatId: number): () => void {
    if (this.#feed !== null) return this.#feed.openChat(chatId);
    const open: OpenChat = { chatId, leave: NOTHING };
    this.#openChats.add(open);
    return () => {
      this.#openChats.delete(open);
      open.leave();
    };
  }

  #notify(visit: (listener: FeedListener) => void): void {
    for (const listener of [...this.#listeners]) visit(listener);
  }
}
