/** Records what is said, in the one form WhatsApp plays as a voice message: Ogg with Opus. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";

const OGG_TYPE = "audio/ogg";
const OGG = `${OGG_TYPE};codecs=opus`;
/** Chromium records the same Opus in another wrapping, which is changed afterwards without touching the sound. */
const WEBM = "audio/webm;codecs=opus";
const NAME = "Voice message.ogg";

function recordedForm(): string | undefined {
  if (typeof MediaRecorder === "undefined") return undefined;
  return [OGG, WEBM].find((form) => MediaRecorder.isTypeSupported(form));
}

/** A page that did not come over https has no microphone to offer. */
export const canRecord = (): boolean =>
  recordedForm() !== undefined && (navigator.mediaDevices as MediaDevices | undefined) !== undefined;

/** What to tell somebody whose microphone cannot be had. */
export function describeRecorderError(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotFoundError") return "There is no microphone on this device.";
  if (name === "NotReadableError") return "Another program is using the microphone.";
  return "Confab may not use the microphone: allow it for this page in your browser, then try again.";
}

export interface Recording {
  /** Stops, and makes the file; rejects with TooShortError when nothing can be heard in it. */
  readonly finish: () => Promise<File>;
  /** Stops, and forgets what was said. */
  readonly drop: () => void;
}

/** There is no sound in it, or hardly any: pressed twice, or the microphone gave nothing. */
export class TooShortError extends Error {}

const MIN_SECONDS = 0.5;
/** What was said is handed over piece by piece, so that a recorder that fails takes at most one along. */
const CHUNK_MS = 1_000;

/** Loaded before anything is said: a part of the page that cannot be had must not cost a recording. */
const loadVoiceNote = () => withDeadline(LIMITS_MS.chunk, () => import("./voiceNote"));

/** The part of the page that makes voice messages is gone: a newer version was installed, or the line is down. */
export class MissingPartError extends Error {}

/** `onEnd` is told when the microphone stops by itself; what was said until then is kept. */
export async function startRecording(onEnd: () => void): Promise<Recording> {
  const { secondsOf, rewrapAsOgg } = await loadVoiceNote().catch(() => Promise.reject(new MissingPartError()));
  // eslint-disable-next-line confab/bounded-waits -- the browser asks the user, who can close the recorder meanwhile
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    const recorder = new MediaRecorder(stream, { mimeType: recordedForm() ?? WEBM });
    const tape = new Tape(recorder, stream, onEnd);
    const finish = async () => {
      const recorded = await tape.end();
      if (recorded.size === 0) throw new TooShortError();
      const bytes = await withDeadline(LIMITS_MS.file, () => recorded.arrayBuffer());
      const ogg = recorder.mimeType.startsWith(OGG_TYPE) ? bytes : await withDeadline(LIMITS_MS.rewrap, () => rewrapAsOgg(bytes));
      if (secondsOf(ogg) < MIN_SECONDS) throw new TooShortError();
      return new File([ogg], NAME, { type: OGG_TYPE });
    };
    return { finish, drop: () => void tape.end().catch(() => undefined) };
  } catch (error) {
    release(stream);
    throw error;
  }
}

const release = (stream: MediaStream) => stream.getTracks().forEach((track) => track.stop());

/** What a recorder has heard so far, whether it still runs, was stopped, or broke off. */
class Tape {
  readonly #recorder: MediaRecorder;
  readonly #stream: MediaStream;
  readonly #chunks: Blob[] = [];
  #isEnding = false;

  constructor(recorder: MediaRecorder, stream: MediaStream, onEnd: () => void) {
    this.#recorder = recorder;
    this.#stream = stream;
    recorder.addEventListener("dataavailable", ({ data }) => this.#chunks.push(data));
    const endByItself = () => {
      release(stream);
      if (!this.#isEnding) onEnd();
    };
    recorder.addEventListener("stop", endByItself);
    recorder.addEventListener("error", endByItself);
    for (const track of stream.getAudioTracks()) track.addEventListener("ended", () => this.#halt());
    recorder.start(CHUNK_MS);
  }

  /** The microphone was pulled out or taken away; some browsers stop the recorder then, others do not. */
  #halt(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  /** Everything up to now; a recorder that does not answer in time gives what it has given. */
  async end(): Promise<Blob> {
    this.#isEnding = true;
    if (this.#recorder.state !== "inactive") await this.#stop().catch(() => undefined);
    release(this.#stream);
    return new Blob(this.#chunks, { type: this.#recorder.mimeType });
  }

  #stop(): Promise<void> {
    return withDeadline(
      LIMITS_MS.recorder,
      () =>
        new Promise((resolve) => {
          this.#recorder.addEventListener("stop", () => resolve(), { once: true });
          this.#recorder.stop();
        }),
    );
  }
}
