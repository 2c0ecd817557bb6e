/** The one recording that plays: its position and speed, in a player of its own, so that scrolling does not stop it. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";

const SPEED_KEY = "confab.playbackSpeed";
export const SPEEDS = [1, 1.5, 2] as const;

export interface PlaybackState {
  /** The recording that is loaded; null if none was played yet. */
  readonly key: string | null;
  readonly status: "idle" | "loading" | "playing" | "paused" | "broken";
  readonly at: number;
  /** Null as long as it is not known. */
  readonly length: number | null;
  readonly speed: number;
}

/** Makes a recording playable; called once it is wanted. */
export type Load = () => Promise<Blob>;

const isDomError = (error: unknown, ...names: string[]): boolean => error instanceof DOMException && names.includes(error.name);

function storedSpeed(): number {
  const speed = Number(localStorage.getItem(SPEED_KEY));
  return SPEEDS.find((known) => known === speed) ?? 1;
}

export class Playback {
  readonly #listeners = new Set<() => void>();
  readonly #endListeners = new Set<(key: string) => void>();
  #audio: HTMLAudioElement | null = null;
  #state: PlaybackState = { key: null, status: "idle", at: 0, length: null, speed: storedSpeed() };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The listener gets what was played to its end. */
  readonly onEnd = (listener: (key: string) => void): (() => void) => {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  };

  readonly getState = (): PlaybackState => this.#state;

  #change(change: Partial<PlaybackState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  /** Plays, pauses or goes on; what played before stops. */
  async toggle(key: string, load: Load): Promise<void> {
    if (this.#state.key !== key || this.#audio === null) return this.#start(key, load);
    if (this.#state.status === "playing") this.#audio.pause();
    else await this.#play();
  }

  async #start(key: string, load: Load): Promise<void> {
    this.#drop();
    this.#change({ key, status: "loading", at: 0, length: null });
    try {
      const blob = await load();
      if (this.#state.key !== key) return;
      this.#audio = this.#makeAudio(key, blob);
    } catch {
      if (this.#state.key === key) this.#change({ key: null, status: "idle" });
      return;
    }
    await this.#play();
  }

  #makeAudio(key: string, blob: Blob): HTMLAudioElement {
    const audio = new Audio(URL.createObjectURL(blob));
    audio.onplay = () => this.#change({ status: "playing" });
    audio.onpause = () => this.#change({ status: "paused" });
    audio.ontimeupdate = () => this.#change({ at: audio.currentTime });
    // A streamed recording has no duration in its header.
    audio.ondurationchange = () => this.#change({ length: Number.isFinite(audio.duration) ? audio.duration : null });
    audio.onerror = () => this.#change({ status: "broken" });
    audio.onended = () => {
      this.#change({ status: "paused", at: 0 });
      for (const listener of [...this.#endListeners]) listener(key);
    };
    return audio;
  }

  async #play(): Promise<void> {
    const audio = this.#audio;
    if (audio === null) return;
    audio.playbackRate = this.#state.speed;
    try {
      await withDeadline(LIMITS_MS.play, () => audio.play());
    } catch (error) {
      if (audio !== this.#audio) return;
      // Paused immediately, or autoplay was blocked: neither means that the recording is broken.
      this.#change({ status: isDomError(error, "AbortError", "NotAllowedError") ? "paused" : "broken" });
    }
  }

  seek(seconds: number): void {
    if (this.#audio !== null) this.#audio.currentTime = seconds;
    this.#change({ at: seconds });
  }

  nextSpeed(): void {
    const index = SPEEDS.findIndex((known) => known === this.#state.speed);
    const speed = SPEEDS[(index + 1) % SPEEDS.length] ?? 1;
    localStorage.setItem(SPEED_KEY, String(speed));
    if (this.#audio !== null) this.#audio.playbackRate = speed;
    this.#change({ speed });
  }

  /** The chat is left. */
  stop(): void {
    this.#drop();
    this.#change({ key: null, status: "idle", at: 0, length: null });
  }

  #drop(): void {
    const audio = this.#audio;
    this.#audio = null;
    if (audio === null) return;
    audio.onplay = audio.onpause = audio.ontimeupdate = audio.ondurationchange = audio.onerror = audio.onended = null;
    audio.pause();
    URL.revokeObjectURL(audio.src);
  }
}
