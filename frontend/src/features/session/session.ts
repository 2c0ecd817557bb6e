/** The session: keeps the access token in memory and renews it in time, in one tab for the whole browser. */
import { findLocks, type Channel, type Locks, type OpenChannel } from "@/lib/channel";
import { ApiError } from "@/lib/api/errors";
import * as routes from "@/lib/api/sessions";
import { inTurn } from "@/lib/turns";
import type { SignedIn, User } from "@/types/wire";

export type SessionState =
  | { readonly status: "restoring" }
  | { readonly status: "unreachable" }
  | { readonly status: "signed-out"; readonly hasEnded: boolean }
  /** `mediaKey`: part of the addresses of files, the user's own. */
  | { readonly status: "signed-in"; readonly user: User; readonly mediaKey: string };

type AuthRoutes = Pick<typeof routes, "login" | "refresh" | "logout">;

/** Messages between tabs: they share the cookie, so they share the session. */
type TabMessage =
  | { readonly kind: "signed-in"; readonly answer: SignedIn }
  | { readonly kind: "signed-out"; readonly hasEnded: boolean };

/** Renewed this long before it expires, or after three quarters of a short lifetime. */
const MARGIN_MS = 60_000;
const RETRY_MS = 10_000;
/** Spreads the renewals of tabs that have the same token. */
const SPREAD_MS = 5_000;
/** The longest delay `setTimeout` accepts. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export class Session {
  readonly #routes: AuthRoutes;
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { status: "restoring" };
  #token: string | null = null;
  #renewal: Promise<string | null> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Incremented with every sign-in and sign-out, so that a late answer cannot restore an ended session. */
  #generation = 0;
  readonly #channel: Channel | null;
  /** Tabs share the refresh cookie: used twice at once, it would look stolen. */
  readonly #inTurn: (run: () => Promise<void>) => Promise<void>;

  constructor(authRoutes: AuthRoutes = routes, openChannel: OpenChannel = () => null, locks: Locks | null = findLocks()) {
    this.#routes = authRoutes;
    const tabServices = locks === null ? null : { openChannel, locks };
    this.#inTurn = (run) => inTurn(tabServices, "confab-session", run);
    this.#channel = openChannel("confab-session", (message) => this.#receive(message as TabMessage));
  }

  get state(): SessionState {
    return this.#state;
  }

  get token(): string | null {
    return this.#token;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Restores the session after a reload with the refresh cookie. */
  async restore(): Promise<void> {
    try {
      await this.renew();
    } catch {
      this.#become({ status: "unreachable" });
      this.#schedule(RETRY_MS, () => void this.restore());
    }
  }

  async login(email: string, password: string): Promise<void> {
    this.#acceptOwn(await this.#routes.login(email, password));
  }

  /** Signed in by a link instead of the form. */
  enter(answer: SignedIn): void {
    this.#acceptOwn(answer);
  }

  async logout(): Promise<void> {
    const token = this.#token;
    this.end(false);
    // Signed out locally in any case; if the server is unreachable the session ends when it expires.
    await this.#routes.logout(token).catch(() => undefined);
  }

  /** A fresh access token, or null when the session is over. Concurrent callers share one request. */
  renew(): Promise<string | null> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  end(hasEnded: boolean): void {
    if (this.#state.status === "signed-in") this.#post({ kind: "signed-out", hasEnded });
    this.#end(hasEnded);
  }

  #end(hasEnded: boolean): void {
    this.#generation += 1;
    this.#token = null;
    clearTimeout(this.#timer);
    this.#become({ status: "signed-out", hasEnded });
  }

  async #renew(): Promise<string | null> {
    const generation = this.#generation;
    try {
      await this.#inTurn(async () => {
        // Otherwise another tab was faster, or the user signed in or out meanwhile.
        if (generation !== this.#generation) return;
        const answer = await this.#routes.refresh();
        if (generation === this.#generation) this.#acceptOwn(answer);
      });
      return this.#token;
    } catch (error) {
      if (generation !== this.#generation) return this.#token;
      if (!(error instanceof ApiError) || error.isPassing) throw error;
      this.end(this.#state.status === "signed-in");
      return null;
    }
  }

  #receive(message: TabMessage): void {
    if (message.kind === "signed-in") this.#accept(message.answer);
    else if (this.#state.status === "signed-in") this.#end(message.hasEnded);
  }

  #post(message: TabMessage): void {
    this.#channel?.post(message);
  }

  #acceptOwn(answer: SignedIn): void {
    this.#accept(answer);
    this.#post({ kind: "signed-in", answer });
  }

  #accept({ token, expires_at, user, media_key: mediaKey }: SignedIn): void {
    this.#generation += 1;
    this.#token = token;
    const lifetime = new Date(expires_at).getTime() - Date.now();
    const inTime = Math.max(lifetime - MARGIN_MS, lifetime * 0.75) - Math.random() * SPREAD_MS;
    this.#schedule(Math.max(inTime, RETRY_MS), () => this.#renewInTime());
    this.#become({ status: "signed-in", user, mediaKey });
  }

  #renewInTime(): void {
    this.renew().catch(() => this.#schedule(RETRY_MS, () => this.#renewInTime()));
  }

  #schedule(delay: number, run: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(run, Math.min(delay, MAX_DELAY_MS));
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
