/** The data recorded so far, and whether the recorder is running, paused, stopped or failed. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";

/** The recorder delivers data in chunks, so that a failure costs at most one of them. */
const CHUNK_MS = 1_000;

export class Tape {
  readonly #recorder: MediaRecorder;
  readonly #stream: MediaStream;
  readonly #onRelease: () => void;
  readonly #chunks: Blob[] = [];
  #isEnding = false;
  /** Until the last pause. */
  #recordedMs = 0;
  #startedAt: number | null = null;

  constructor(recorder: MediaRecorder, stream: MediaStream, onRelease: () => void, onEnd: () => void) {
    this.#recorder = recorder;
    this.#stream = stream;
    this.#onRelease = onRelease;
    recorder.addEventListener("dataavailable", ({ data }) => this.#chunks.push(data));
    const endByItself = () => {
      this.#release();
      if (!this.#isEnding) onEnd();
    };
    recorder.addEventListener("stop", endByItself);
    recorder.addEventListener("error", endByItself);
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", () => this.#halt());
    recorder.start(CHUNK_MS);
    this.#startedAt = performance.now();
  }

  seconds(): number {
    const running = this.#startedAt === null ? 0 : performance.now() - this.#startedAt;
    return (this.#recordedMs + running) / 1_000;
  }

  pause(): void {
    if (this.#recorder.state !== "recording") return;
    this.#recorder.pause();
    this.#stopClock();
  }

  resume(): void {
    if (this.#recorder.state !== "paused") return;
    this.#recorder.resume();
    this.#startedAt = performance.now();
  }

  /** Everything recorded so far. A recorder that does not respond in time yields what it has delivered. */
  async copy(): Promise<Blob> {
    if (this.#recorder.state !== "inactive") await this.#wait("dataavailable", () => this.#recorder.requestData());
    return this.#joined();
  }

  /** Everything recorded, and the end of it. */
  async end(): Promise<Blob> {
    this.#isEnding = true;
    this.#stopClock();
    if (this.#recorder.state !== "inactive") await this.#wait("stop", () => this.#recorder.stop());
    this.#release();
    return this.#joined();
  }

  #joined(): Blob {
    return new Blob(this.#chunks, { type: this.#recorder.mimeType });
  }

  #stopClock(): void {
    this.#recordedMs = this.seconds() * 1_000;
    this.#startedAt = null;
  }

  /** The microphone was unplugged or taken away; only some browsers stop the recorder then. */
  #halt(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  #release(): void {
    this.#stopClock();
    for (const track of this.#stream.getTracks()) track.stop();
    this.#onRelease();
  }

  async #wait(event: "stop" | "dataavailable", act: () => void): Promise<void> {
    const happened = withDeadline(
      LIMITS_MS.recorder,
      () =>
        new Promise<void>((resolve) => {
          this.#recorder.addEventListener(event, () => resolve(), { once: true });
          act();
        }),
    );
    await happened.catch(() => undefined);
  }
}
