/** The emoji used last and the skin tone, remembered on this device. */
import { TONES, type Tone } from "./emojiData";

const RECENT_KEY = "confab.emoji.recent";
const TONE_KEY = "confab.emoji.tone";
/** Two rows of the picker. */
export const MAX_RECENT = 16;

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    // Storage is blocked.
    return "";
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is blocked: the choice lasts for this once.
  }
}

export const readRecent = (): readonly string[] => read(RECENT_KEY).split(" ").filter((emoji) => emoji !== "");

export function noteRecent(emoji: string): void {
  const recent = [emoji, ...readRecent().filter((other) => other !== emoji)];
  write(RECENT_KEY, recent.slice(0, MAX_RECENT).join(" "));
}

export const readTone = (): Tone | null => TONES.find((tone) => tone === read(TONE_KEY)) ?? null;

export const chooseTone = (tone: Tone | null): void => write(TONE_KEY, tone ?? "");
