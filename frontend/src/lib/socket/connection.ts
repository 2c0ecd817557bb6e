/** One WebSocket that signs in, joins, detects a dead connection, and reconnects. */
import { backoffMs } from "./backoff";
import * as frames from "./frames";
import { CLOSE, parseFrame, type Ack, type Cursors, type Push } from "./frames";

/** `refused`: the server rejects this user, so reconnecting automatically is pointless. */
export type ConnectionState = "connecting" | "live" | "waiting" | "stopped" | "refused";

/** The feed's connection: a socket of its own, or one shared by the tabs of the browser. */
export interface Wire {
  readonly state: ConnectionState;
  start(): void;
  stop(): void;
  /** Reconnects or checks the connection now: the network is back, or the page is visible again. */
  reconnectNow(): void;
  /** Sends a fresh token on the open socket before the old one expires. */
  reauth(token: string): void;
  /** The chats that are open here, shown to colleagues. */
  setChats(chatIds: ReadonlySet<number>): void;
  setTyping(chatId: number, isOn: boolean): void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly userId: number;
  readonly token: () => string | null;
  /** Returns a fresh token, or null when the session is over. */
  readonly renew: () => Promise<string | null>;
  readonly cursors: () => Cursors;
  readonly onPush: (push: Push) => void;
  /** Signed in and joined. `heads` are the seqs reached, `since` the cursors from which was replayed before. */
  readonly onJoined: (heads: unknown, since: Cursors) => void;
  readonly onState: (state: ConnectionState) => void;
  readonly createSocket?: (url: string) => WebSocket;
}

const HANDSHAKE_MS = 12_000;
/** The server sends `head` every 25 s when idle; a little later without a frame, we ping. */
export const IDLE_MS = 28_000;
export const PONG_MS = 8_000;
/** A connection that lasted this long resets the backoff. */
const STEADY_MS = 5_000;
const SOON_MS = 1_000;
/** The minimum delay after being rate-limited, whatever the backoff says. */
export const SLOW_MS = 10_000;

const PLANNED: ReadonlySet<number | null> = new Set([CLOSE.restart, CLOSE.goingAway, CLOSE.tooSlow]);
const FINAL: ReadonlySet<number | null> = new Set([CLOSE.notAllowed, CLOSE.policy]);

type Timer = ReturnType<typeof setTimeout>;

export class Connection implements Wire {
  readonly #options: ConnectionOptions;
  readonly #waiting = new Map<number, (ack: Ack) => void>();
  #socket: WebSocket | null = null;
  #state: ConnectionState = "stopped";
  #attempt = 0;
  #frameId = 0;
  #openedAt = 0;
  #wantedChats: ReadonlySet<number> = new Set();
  #joinedChats = new Set<number>();
  #reconnectTimer: Timer | undefined;
  #handshakeTimer: Timer | undefined;
  #heartbeatTimer: Timer | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#state !== "stopped" && this.#state !== "refused") return;
    this.#attempt = 0;
    this.#open();
  }

  stop(): void {
    this.#drop();
    this.#become("stopped");
  }

  reconnectNow(): void {
    if (this.#state === "waiting") this.#open();
    else if (this.#state === "live") this.#ping();
  }

  reauth(token: string): void {
    if (this.#state !== "live") return;
    this.#command((id) => frames.authFrame(token, id), (ack) => {
      if (!ack.ok) this.#lost(CLOSE.signIn);
    });
  }

  setChats(chatIds: ReadonlySet<number>): void {
    this.#wantedChats = new Set(chatIds);
    if (this.#state === "live") this.#syncChats();
  }

  setTyping(chatId: number, isOn: boolean): void {
    if (this.#state === "live") this.#command((id) => frames.typingFrame(chatId, isOn, id));
  }

  #syncChats(): void {
    for (const chatId of this.#wantedChats) {
      if (!this.#joinedChats.has(chatId)) this.#command((id) => frames.joinChatFrame(chatId, id));
    }
    for (const chatId of this.#joinedChats) {
      if (!this.#wantedChats.has(chatId)) this.#command((id) => frames.leaveChatFrame(chatId, id));
    }
    this.#joinedChats = new Set(this.#wantedChats);
  }

  #open(): void {
    this.#drop();
    const token = this.#options.token();
    if (token === null) {
      void this.#renewThenOpen();
      return;
    }
    this.#become("connecting");
    const socket = (this.#options.createSocket ?? ((url) => new WebSocket(url)))(this.#options.url);
    this.#socket = socket;
    this.#handshakeTimer = setTimeout(() => this.#lost(null), HANDSHAKE_MS);
    socket.onopen = () => this.#signIn(token);
    socket.onmessage = (event: MessageEvent<unknown>) => this.#receive(String(event.data));
    socket.onclose = (event: CloseEvent) => this.#lost(event.code);
  }

  #signIn(token: string): void {
    this.#command((id) => frames.authFrame(token, id), (ack) => {
      if (ack.ok) this.#join();
      else this.#lost(CLOSE.signIn);
    });
  }

  #join(): void {
    const { userId, cursors, onJoined } = this.#options;
    const since = cursors();
    this.#command((id) => frames.joinUserFrame(userId, since, id), (ack) => {
      if (!ack.ok) {
        this.#lost(null);
        return;
      }
      clearTimeout(this.#handshakeTimer);
      this.#openedAt = Date.now();
      this.#become("live");
      onJoined(frames.joinedHeads(ack.data), since);
      this.#joinedChats.clear();
      this.#syncChats();
    });
  }

  #command(build: (id: number) => object, onAck?: (ack: Ack) => void): void {
    const id = ++this.#frameId;
    if (onAck !== undefined) this.#waiting.set(id, onAck);
    this.#socket?.send(JSON.stringify(build(id)));
  }

  #receive(text: string): void {
    this.#armHeartbeat();
    const frame = parseFrame(text);
    if (frame === null) return;
    if (!("ack" in frame)) {
      this.#options.onPush(frame);
      return;
    }
    const onAck = this.#waiting.get(frame.ack);
    this.#waiting.delete(frame.ack);
    onAck?.(frame);
  }

  #armHeartbeat(): void {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => this.#ping(), IDLE_MS);
  }

  /** Any frame, not only the answer, proves that the socket is alive: `#receive` restarts the timer. */
  #ping(): void {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => this.#lost(null), PONG_MS);
    this.#command(frames.pingFrame);
  }

  /** The socket was closed, or has to be treated as closed. */
  #lost(code: number | null): void {
    const wasSteady = this.#state === "live" && Date.now() - this.#openedAt >= STEADY_MS;
    this.#drop();
    if (wasSteady) this.#attempt = 0;
    if (FINAL.has(code)) {
      this.#become("refused");
    } else if (code === CLOSE.signIn) {
      void this.#renewThenOpen();
    } else {
      this.#openLater(code);
    }
  }

  #openLater(code: number | null): void {
    this.#become("waiting");
    const isQuick = PLANNED.has(code) && this.#attempt === 0;
    const delay = isQuick ? Math.random() * SOON_MS : backoffMs(this.#attempt);
    this.#attempt += 1;
    this.#reconnectTimer = setTimeout(() => this.#open(), code === CLOSE.tooMany ? SLOW_MS + delay : delay);
  }

  async #renewThenOpen(): Promise<void> {
    this.#become("connecting");
    try {
      const token = await this.#options.renew();
      // Stopped meanwhile, or the session is over, which the session itself reports.
      if (this.#state !== "connecting" || this.#socket !== null) return;
      if (token === null) this.#become("stopped");
      else this.#openLater(null);
    } catch {
      if (this.#state === "connecting" && this.#socket === null) this.#openLater(null);
    }
  }

  #drop(): void {
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#heartbeatTimer);
    this.#waiting.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
