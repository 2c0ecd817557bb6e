/** Records voice messages in the one format WhatsApp plays as such: Ogg with Opus. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";

const OGG_TYPE = "audio/ogg";
const OGG = `${OGG_TYPE};codecs=opus`;
/** Chromium records Opus in WebM; it is repackaged afterwards without re-encoding. */
const WEBM = "audio/webm;codecs=opus";
const NAME = "Voice message.ogg";

function recordedForm(): string | undefined {
  if (typeof MediaRecorder === "undefined") return undefined;
  return [OGG, WEBM].find((form) => MediaRecorder.isTypeSupported(form));
}

/** The microphone is only available over https. */
export const canRecord = (): boolean =>
  recordedForm() !== undefined && (navigator.mediaDevices as MediaDevices | undefined) !== undefined;

/** The sentence for a user whose microphone is not available. */
export function describeRecorderError(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotFoundError") return "There is no microphone on this device.";
  if (name === "NotReadableError") return "Another program is using the microphone.";
  return "Confab may not use the microphone: allow it for this page in your browser, then try again.";
}

export interface Recording {
  /** Stops and creates the file; rejects with TooShortError if it has no audible sound. */
  readonly finish: () => Promise<File>;
  /** Stops and discards the recording. */
  readonly drop: () => void;
}

/** No sound, or hardly any: a double press, or a silent microphone. */
export class TooShortError extends Error {}

const MIN_SECONDS = 0.5;
/** The recorder delivers data in chunks, so that a failure costs at most one of them. */
const CHUNK_MS = 1_000;

/** Loaded before recording starts: a missing chunk of the app must not cost a recording. */
const loadVoiceNote = () => withDeadline(LIMITS_MS.chunk, () => import("./voiceNote"));

/** The app's recording chunk cannot be loaded: a newer version was deployed, or the network is down. */
export class MissingPartError extends Error {}

/** `onEnd` is called when the microphone stops by itself; what was recorded until then is kept. */
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

/** The data recorded so far, and whether the recorder is running, stopped or failed. */
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

  /** The microphone was unplugged or taken away; only some browsers stop the recorder then. */
  #halt(): void {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  /** Everything recorded; a recorder that does not respond in time yields what it has delivered. */
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
