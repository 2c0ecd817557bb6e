/** The size of a picture or video in its bubble, known before it is loaded, so that nothing moves when it is. */
import type { CSSProperties } from "react";
import type { Attachment } from "@/types/wire";

const MAX_WIDTH_REM = 20;
const MAX_HEIGHT_REM = 22;
const MIN_HEIGHT_REM = 6;
const SMALL_PX = 112;
/** Where the sender reported no size. */
const DEFAULT_RATIO = 4 / 3;
/** Very long or very narrow pictures are cut. */
const [MIN_RATIO, MAX_RATIO] = [0.5, 3];

type Sized = Pick<Attachment, "width" | "height" | "sticker">;

/** Smaller than its room: shown as it is, not blown up. */
export const isSmall = ({ width, height, sticker }: Sized): boolean =>
  !sticker && Boolean(width && height) && (width ?? 0) < SMALL_PX && (height ?? 0) < SMALL_PX;

function ratioOf({ width, height }: Sized): number {
  if (!width || !height) return DEFAULT_RATIO;
  return Math.min(MAX_RATIO, Math.max(MIN_RATIO, width / height));
}

export function boxOf(attachment: Sized): CSSProperties {
  if (attachment.sticker) return { width: "9rem", aspectRatio: "1" };
  if (isSmall(attachment)) return { width: `${MAX_WIDTH_REM / 2}rem`, height: `${MIN_HEIGHT_REM}rem` };
  const ratio = ratioOf(attachment);
  return { width: `${Math.min(MAX_WIDTH_REM, MAX_HEIGHT_REM * ratio).toFixed(2)}rem`, aspectRatio: ratio.toFixed(4) };
}
