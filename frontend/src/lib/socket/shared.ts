/**
 * One socket for all tabs of a browser: the tab that holds the lock keeps it and passes on what it hears.
 *
 * Tabs share the wire, not what they know: each counts for itself, and whatever a change of leader might
 * lose is a hole in its numbers, which its feed fills. So nothing depends on the order in which tabs come and go.
 */
import type { Channel, Surroundings } from "@/lib/channel";
import type { ConnectionOptions, ConnectionState, Wire } from "./connection";
import type { Cursors, Push } from "./frames";
import { Lead } from "./lead";

/** The server says `head` every 25 s: a leader that passes on nothing for this long may be frozen. */
export const SILENCE_MS = 40_000;
/** So long it may take to answer when asked. */
export const ANSWER_MS = 3_000;
/** A tab says this often which chats it has open. */
export const REPEAT_MS = 20_000;

type Word =
  | { readonly kind: "hello" | "hurry" | "retry" }
  | { readonly kind: "standing"; readonly state: ConnectionState; readonly heads: Cursors; readonly moods: readonly Push[] }
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "chats"; readonly tab: string; readonly chats: readonly number[] }
  | { readonly kind: "typing"; readonly chatId: number; readonly isOn: boolean };

export class SharedConnection implements Wire {
  readonly #options: ConnectionOptions;
  readonly #surroundings: Surroundings;
  readonly #name: string;
  readonly #tab = String(Math.random()).slice(2);
  #channel: Channel | null = null;
  #state: ConnectionState = "stopped";
  #chats: ReadonlySet<number> = new Set();
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #repeatTimer: ReturnType<typeof setInterval> | undefined;
  #lead: Lead | null = null;
  /** Aborted once this tab no longer waits for the lock, or holds it, by the same request. */
  #claim = new AbortController();

  constructor(options: ConnectionOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
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
    this.#channel = this.#surroundings.openChannel(this.#name, (word) => this.#hear(word as Word));
    this.#become("connecting");
    this.#repeatTimer = setInterval(() => this.#tellChats(), REPEAT_MS);
    this.#follow();
    this.#queue(false);
  }

  #retry(): void {
    if (this.#lead !== null) this.#lead.connection.start();
    else this.#say({ kind: "retry" });
  }

  stop(): void {
    this.#claim.abort();
    clearTimeout(this.#silenceTimer);
    clearInterval(this.#repeatTimer);
    this.#say({ kind: "chats", tab: this.#tab, chats: [] });
    this.#stepDown();
    this.#channel?.close();
    this.#channel = null;
    this.#become("stopped");
  }

  hurry(): void {
    if (this.#lead !== null) this.#lead.connection.hurry();
    else if (this.#channel !== null) {
      this.#say({ kind: "hurry" });
      this.#expectAnswer();
    }
  }

  /** The tab that leads has the token from the session, which the tabs share too. */
  reauth(token: string): void {
    this.#lead?.connection.reauth(token);
  }

  setChats(chatIds: ReadonlySet<number>): void {
    this.#chats = new Set(chatIds);
    this.#tellChats();
  }

  setTyping(chatId: number, isOn: boolean): void {
    if (this.#lead !== null) this.#lead.connection.setTyping(chatId, isOn);
    else this.#say({ kind: "typing", chatId, isOn });
  }

  #tellChats(): void {
    if (this.#lead !== null) this.#lead.seat(this.#tab, [...this.#chats]);
    else this.#say({ kind: "chats", tab: this.#tab, chats: [...this.#chats] });
  }

  // -- who leads ------------------------------------------------------------------------------------------------

  /** Wait for the lock, or take it from a leader that does not answer. */
  #queue(steal: boolean): void {
    this.#claim.abort();
    const claim = (this.#claim = new AbortController());
    const hold = () => (claim.signal.aborted ? undefined : this.#takeLead());
    const options = steal ? { steal } : { signal: claim.signal };
    // eslint-disable-next-line confab/bounded-waits -- a leader that does not answer is robbed (#expectAnswer)
    this.#surroundings.locks.request(this.#name, options, hold).catch(() => {
      if (claim.signal.aborted) return;
      // Another tab took it: this one did not answer, most likely because it was frozen.
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
          this.#say({ kind: "push", push });
          this.#options.onPush(push);
        },
        onJoined: (data, since) => {
          this.#tellStanding();
          this.#options.onJoined(data, since);
        },
        onState: (state) => {
          this.#become(state);
          if (state !== "live") this.#tellStanding();
        },
        release,
      });
      this.#lead = lead;
      lead.seat(this.#tab, [...this.#chats]);
      lead.connection.start();
    });
  }

  #stepDown(): void {
    const lead = this.#lead;
    this.#lead = null;
    lead?.end();
  }

  #tellStanding(): void {
    const lead = this.#lead;
    if (lead === null) return;
    this.#say({ kind: "standing", state: lead.connection.state, heads: lead.heads(), moods: lead.moods() });
  }

  // -- following ------------------------------------------------------------------------------------------------

  #follow(): void {
    this.#say({ kind: "hello" });
    this.#expectWord();
  }

  #expectWord(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      this.#say({ kind: "hello" });
      this.#expectAnswer();
    }, SILENCE_MS);
  }

  #expectAnswer(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => {
      if (this.#lead === null && this.#channel !== null) this.#queue(true);
    }, ANSWER_MS);
  }

  #hear(word: Word): void {
    if (this.#lead !== null) this.#serve(this.#lead, word);
    else if (word.kind === "push") {
      this.#expectWord();
      this.#options.onPush(word.push);
    } else if (word.kind === "standing") {
      this.#expectWord();
      this.#learn(word.state, word.heads, word.moods);
    }
  }

  #learn(state: ConnectionState, heads: Cursors, moods: readonly Push[]): void {
    this.#become(state);
    if (state !== "live") return;
    for (const mood of moods) this.#options.onPush(mood);
    // Nothing was replayed from where this tab stands: what it lacks it has to ask for.
    this.#options.onJoined({ accounts: heads }, {});
    this.#tellChats();
  }

  #serve(lead: Lead, word: Word): void {
    if (word.kind === "hello" || word.kind === "hurry") this.#tellStanding();
    if (word.kind === "hurry") lead.connection.hurry();
    else if (word.kind === "retry") lead.connection.start();
    else if (word.kind === "chats") lead.seat(word.tab, word.chats);
    else if (word.kind === "typing") lead.connection.setTyping(word.chatId, word.isOn);
  }

  #say(word: Word): void {
    this.#channel?.post(word);
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

