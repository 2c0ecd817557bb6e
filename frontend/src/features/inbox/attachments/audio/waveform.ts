/** The loudness of a recording over time, as bars. UniPile passes on no waveform, so the recording itself is decoded. */

import { LIMITS_MS, withDeadline } from "@/lib/limits";

export const BARS = 44;
/** Enough for loudness; a minute takes 2 MB while it is decoded. */
const RATE = 8_000;
const SILENT = 0.08;

/** The loudness of each part, from `SILENT` to 1. */
export function barsOf(samples: Float32Array, count = BARS): number[] {
  const size = Math.max(1, Math.floor(samples.length / count));
  const loudness = Array.from({ length: count }, (_, index) => {
    let sum = 0;
    const from = index * size;
    const to = Math.min(samples.length, from + size);
    for (let at = from; at < to; at += 1) sum += (samples[at] ?? 0) ** 2;
    return Math.sqrt(sum / Math.max(1, to - from));
  });
  const most = Math.max(...loudness);
  return loudness.map((value) => (most === 0 ? SILENT : Math.max(SILENT, value / most)));
}

/** Null if this browser cannot decode the recording. */
export async function decodeBars(blob: Blob): Promise<number[] | null> {
  try {
    const bytes = await withDeadline(LIMITS_MS.file, () => blob.arrayBuffer());
    const decoded = await withDeadline(LIMITS_MS.rewrap, () => new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes));
    return barsOf(decoded.getChannelData(0));
  } catch {
    return null;
  }
}

const WIDTH = 3;
export const HEIGHT = 24;

/** The bars as a path, each centred on the line. */
export const pathOf = (bars: readonly number[]): string =>
  bars.map((value, index) => `M${index * WIDTH + 1.5} ${((HEIGHT - value * HEIGHT) / 2).toFixed(1)}v${(value * HEIGHT).toFixed(1)}`).join("");

export const VIEW_BOX = `0 0 ${BARS * WIDTH} ${HEIGHT}`;

/** Until the recording is decoded, or if it cannot be. */
export const FLAT: readonly number[] = Array.from({ length: BARS }, () => SILENT * 2);
