/** How loud the microphone is. */

export interface Meter {
  /** From 0 to 1. */
  readonly level: () => number;
  readonly close: () => void;
}

const SILENT: Meter = { level: () => 0, close: () => undefined };
/** Speech is quiet: this makes normal speech fill most of the scale. */
const GAIN = 5;

/** A meter that always shows silence where the browser cannot measure. */
export function openMeter(stream: MediaStream): Meter {
  if (typeof AudioContext === "undefined") return SILENT;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const level = () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    return Math.min(1, Math.sqrt(power) * GAIN);
  };
  const close = () => {
    if (context.state !== "closed") void context.close().catch(() => undefined);
  };
  return { level, close };
}
