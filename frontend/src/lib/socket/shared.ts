/**
 * One socket for all tabs of a browser: the tab that holds the lock owns it and forwards its pushes. Tabs share the
 * connection, not their state: each tracks its own cursors, and what a change of leader may lose is a gap that its feed
 * fills. So nothing depends on the order in which tabs come and go.
 */
import type { Channel, TabServices } from "@/lib/channel";
import type { ConnectionOptions, ConnectionState, Wire } from "./connection";
import type { Cursors, Push } from "./frames";
import { Lead } from "./lead";

/** The server sends `head` every 25 s: a leader that forwards nothing for this long may be frozen. */
export const SILENCE_MS = 40_000;
/** How long the leader may take to answer. */
export const ANSWER_MS = 3_000;
/** How often a tab reports its open chats. */
export const REPEAT_MS = 20_000;

type TabMessage =
  | { readonly kind: "hello" | "reconnect" | "retry" }
  | { readonly kind: "status"; readonly state: ConnectionState; readonly heads: Cursors; readonly presence: readonly Push[] }
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "chats"; readonly tab: string; readonly chats: readonly number[] }
  | { readonly kind: "typing"; readonly chatId: number; readonly isOn: boolean };

export class SharedConnection implements Wire {
  readonly #options: ConnectionOptions;
  readonly #tabServices: TabServices;
  readonly #name: string;
  readonly #tab = String(Math.random()).slice(2);
  #channel: Channel | null = null;
  #state: ConnectionState = "stopped";
  #chats: ReadonlySet<number> = new Set();
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #repeatTimer: ReturnType<typeof setInterval> | undefined;
  #lead: Lead | null = null;
  /** Aborted when this tab no longer waits for the lock, or no longer holds it. */
  #request = new AbortController();

  constructor(options: ConnectionOptions, tabServices: TabServices) {
    this.#options = options;
    this.#tabServices = tabServices;
    this.#name = `confab-socket-${options.userId}`;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isLeading(): boolean {
    return this.#lead !== null;
  }

  start(): void {
    if (this.#state === "refused") this.#retry();
    if (this.#state !== "stopped") return;
    this.#channel = this.#tabServices.openChannel(this.#name, (message) => this.#receive(message as TabMessage));
    this.#become("connecting");
    this.#repeatTimer = setInterval(() => this.#postChats(), REPEAT_MS);
    this.#follow();
    this.#queue(false);
  }

  #retry(): void {
    if (this.#lead !== null) this.#lead.connection.start();
    else this.#post({ kind: "retry" });
  }

  stop(): void {
    this.#request.abort();
    clearTimeout(this.#silenceTimer);
    clearInterval(this.#repeatTimer);
    this.#post({ kind: "chats", tab: this.#tab, chats: [] });
    this.#stepDown();
    this.#channel?.close();
    this.#channel = null;
    this.#become("stopped");
  }

  reconnectNow(): void {
    if (this.#lead !== null) this.#lead.connection.reconnectNow();
    else if (this.#channel !== null) {
      this.#post({ kind: "reconnect" });
      this.#expectAnswer();
    }
  }

  /** The leading tab gets the token from the session, which tabs share too. */
  reauth(token: string): void {
    this.#lead?.connection.reauth(token);
  }

  setChats(chatIds: ReadonlySet<number>): void {
    this.#chats = new Set(chatIds);
    this.#postChats();
  }

  setTyping(chatId: number, isOn: boolean): void {
    if (this.#lead !== null) this.#lead.connection.setTyping(chatId, isOn);
    else this.#post({ kind: "typing", chatId, isOn });
  }

  #postChats(): void {
    if (this.#lead !== null) this.#lead.setTabChats(this.#tab, [...this.#chats]);
    else this.#post({ kind: "chats", tab: this.#tab, chats: [...this.#chats] });
  }

  // -- leading ----------------------------------------------------------------------------------------------------

  /** Waits for the lock, or steals it from a leader that does not answer. */
  #queue(steal: boolean): void {
    this.#request.abort();
    const request = (this.#request = new AbortController());
    const onLock = () => (request.signal.aborted ? undefined : this.#takeLead());
    const options = steal ? { steal } : { signal: request.signal };
    // eslint-disable-next-line confab/bounded-waits -- a leader that does not answer is robbed (#expectAnswer)
    this.#tabServices.locks.request(this.#name, options, onLock).catch(() => {
      if (request.signal.aborted) return;
      // Another tab stole it: this one did not answer, most likely because it was frozen.
      this.#stepDown();
      this.#follow();
      this.#queue(false);
    });
  }

  #takeLead(): Promise<void> {
    clearTimeout(this.#silenceTimer);
    // eslint-disable-next-line confab/bounded-waits -- held for as long as this tab leads
    return new Promise((release) => {
      const lead = new Lead(this.#options, {
        onPush: (push) => {
          this.#post({ kind: "push", push });
          this.#options.onPush(push);
        },
        onJoined: (heads, since) => {
          this.#postStatus();
          this.#options.onJoined(heads, since);
        },
        onState: (state) => {
          this.#become(state);
          if (state !== "live") this.#postStatus();
        },
        release,
      });
      this.#lead = lead;
      lead.setTabChats(this.#tab, [...this.#chats]);
      lead.connection.start();
    });
  }

  #stepDown(): void {
    const lead = this.#lead;
    this.#lead = null;
    lead?.end();
  }

  #postStatus(): void {
    const lead = this.#lead;
    if (lead === null) return;
    this.#post({ kind: "status", state: lead.connection.state, heads: lead.heads(), presence: lead.presence() });
  }

  // -- following ------------------------------------------------------------------------------------------------

  #follow(): void {
    this.#post({ kind: "hello" });
    this.#expectPush();
  }

  #expectPush(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      this.#post({ kind: "hello" });
      this.#expectAnswer();
    }, SILENCE_MS);
  }

  #expectAnswer(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#lead === null && this.#channel !== null) this.#queue(true);
    }, ANSWER_MS);
  }

  #receive(message: TabMessage): void {
    if (this.#lead !== null) this.#serve(this.#lead, message);
    else if (message.kind === "push") {
      this.#expectPush();
      this.#options.onPush(message.push);
    } else if (message.kind === "status") {
      this.#expectPush();
      this.#followLead(message.state, message.heads, message.presence);
    }
  }

  #followLead(state: ConnectionState, heads: Cursors, presence: readonly Push[]): void {
    this.#become(state);
    if (state !== "live") return;
    for (const push of presence) this.#options.onPush(push);
    // Nothing was replayed from this tab's cursors: the feed has to read what it lacks.
    this.#options.onJoined(heads, {});
    this.#postChats();
  }

  #serve(lead: Lead, message: TabMessage): void {
    if (message.kind === "hello" || message.kind === "reconnect") this.#postStatus();
    if (message.kind === "reconnect") lead.connection.reconnectNow();
    else if (message.kind === "retry") lead.connection.start();
    else if (message.kind === "chats") lead.setTabChats(message.tab, message.chats);
    else if (message.kind === "typing") lead.connection.setTyping(message.chatId, message.isOn);
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message);
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

