/** A recording in a form that this browser plays. */
import { LIMITS_MS, withDeadline } from "@/lib/limits";

const OPUS = "codecs=opus";

type CanPlay = (type: string) => boolean;

const canPlay: CanPlay = (type) => new Audio().canPlayType(type) !== "";

/** The container that Opus has to be in; null if it may stay in Ogg, or nothing would help. */
export function findContainer(type: string, plays: CanPlay = canPlay): "audio/mp4" | "audio/webm" | null {
  if (!/^(audio|application)\/ogg/.test(type) || plays(`audio/ogg; ${OPUS}`)) return null;
  return (["audio/mp4", "audio/webm"] as const).find((container) => plays(`${container}; ${OPUS}`)) ?? null;
}

export async function makePlayable(blob: Blob): Promise<Blob> {
  const container = findContainer(blob.type);
  if (container === null) return blob;
  const { rewrapOgg } = await withDeadline(LIMITS_MS.chunk, () => import("./rewrapOgg"));
  return withDeadline(LIMITS_MS.rewrap, () => rewrapOgg(blob, container));
}
