/** Records what is said, in the one form WhatsApp plays as a voice message: Ogg with Opus. */

const OGG = "audio/ogg;codecs=opus";
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
export function describeRefusal(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotFoundError") return "There is no microphone on this device.";
  if (name === "NotReadableError") return "Another program is using the microphone.";
  return "Confab may not use the microphone: allow it for this page in your browser, then try again.";
}

export interface Recording {
  /** Stops, and makes the file. */
  readonly finish: () => Promise<File>;
  /** Stops, and forgets what was said. */
  readonly drop: () => void;
}

export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const release = () => stream.getTracks().forEach((track) => track.stop());
  try {
    const recorder = new MediaRecorder(stream, { mimeType: recordedForm() ?? WEBM });
    recorder.addEventListener("stop", release);
    recorder.start();
    return { finish: () => finish(recorder), drop: () => recorder.state !== "inactive" && recorder.stop() };
  } catch (error) {
    release();
    throw error;
  }
}

async function finish(recorder: MediaRecorder): Promise<File> {
  const recorded = await new Promise<Blob>((resolve) => {
    recorder.addEventListener("dataavailable", ({ data }) => resolve(data), { once: true });
    recorder.stop();
  });
  if (recorder.mimeType.startsWith("audio/ogg")) return new File([recorded], NAME, { type: "audio/ogg" });
  // Only who records needs it.
  const { rewrapAsOgg } = await import("./voiceNote");
  return new File([await rewrapAsOgg(await recorded.arrayBuffer())], NAME, { type: "audio/ogg" });
}
