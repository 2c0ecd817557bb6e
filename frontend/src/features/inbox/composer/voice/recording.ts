/** Records voice messages in the one format WhatsApp plays as such: Ogg with Opus. */
import { t } from "@/i18n/translate";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import { openMeter } from "./meter";
import { Tape } from "./tape";

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
  if (name === "NotFoundError") return t("composer.voice.noMicrophone");
  if (name === "NotReadableError") return t("composer.voice.busy");
  return t("composer.voice.blocked");
}

export interface Recording {
  readonly pause: () => void;
  readonly resume: () => void;
  /** How long it has recorded, without the pauses. */
  readonly seconds: () => number;
  /** How loud it is now, from 0 to 1. */
  readonly level: () => number;
  /** What was recorded so far, to listen to; it can go on afterwards. */
  readonly listen: () => Promise<File>;
  /** Stops and creates the file; rejects with TooShortError if it has no audible sound. */
  readonly finish: () => Promise<File>;
  /** Stops and discards the recording. */
  readonly drop: () => void;
}

/** No sound, or hardly any: a double press, or a silent microphone. */
export class TooShortError extends Error {}

const MIN_SECONDS = 0.5;

/** Loaded before recording starts: a missing chunk of the app must not cost a recording. */
const loadVoiceNote = () => withDeadline(LIMITS_MS.chunk, () => import("./voiceNote"));

/** The app's recording chunk cannot be loaded: a newer version was deployed, or the network is down. */
export class MissingPartError extends Error {}

/** In the form of WhatsApp's voice messages. */
async function toFile(recorded: Blob, { secondsOf, rewrapAsOgg }: Awaited<ReturnType<typeof loadVoiceNote>>): Promise<File> {
  if (recorded.size === 0) throw new TooShortError();
  const bytes = await withDeadline(LIMITS_MS.file, () => recorded.arrayBuffer());
  const ogg = recorded.type.startsWith(OGG_TYPE) ? bytes : await withDeadline(LIMITS_MS.rewrap, () => rewrapAsOgg(bytes));
  if (secondsOf(ogg) < MIN_SECONDS) throw new TooShortError();
  return new File([ogg], NAME, { type: OGG_TYPE });
}

/** `onEnd` is called when the microphone stops by itself; what was recorded until then is kept. */
export async function startRecording(onEnd: () => void): Promise<Recording> {
  const voiceNote = await loadVoiceNote().catch(() => Promise.reject(new MissingPartError()));
  // eslint-disable-next-line confab/bounded-waits -- the browser asks the user, who can close the recorder meanwhile
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    const recorder = new MediaRecorder(stream, { mimeType: recordedForm() ?? WEBM });
    const meter = openMeter(stream);
    const tape = new Tape(recorder, stream, meter.close, onEnd);
    return {
      pause: () => tape.pause(),
      resume: () => tape.resume(),
      seconds: () => tape.seconds(),
      level: meter.level,
      listen: async () => toFile(await tape.copy(), voiceNote),
      finish: async () => toFile(await tape.end(), voiceNote),
      drop: () => void tape.end().catch(() => undefined),
    };
  } catch (error) {
    for (const track of stream.getTracks()) track.stop();
    throw error;
  }
}
