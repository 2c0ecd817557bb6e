/** The emoji with their names in the user's language, loaded when they are first needed. */
import type { Language } from "@/i18n/languages";
import { i18n } from "@/i18n/translate";
import { LIMITS_MS, withDeadline } from "@/lib/limits";

export type Tone = "light" | "medium-light" | "medium" | "medium-dark" | "dark";

export const TONES: readonly Tone[] = ["light", "medium-light", "medium", "medium-dark", "dark"];

/** The emoji, its group, its name, search words, short codes, and its five skin tones if it has them. */
type PackedEmoji = readonly [string, number, string, readonly string[], readonly string[], (readonly string[])?];

export interface EmojiBundle {
  readonly groups: readonly (readonly [number, string])[];
  readonly tones: Readonly<Record<Tone, string>>;
  readonly emoji: readonly PackedEmoji[];
}

export interface EmojiEntry {
  readonly emoji: string;
  readonly group: number;
  readonly label: string;
  readonly tags: readonly string[];
  readonly codes: readonly string[];
  readonly skins: readonly string[] | undefined;
}

export interface EmojiSet {
  readonly groups: EmojiBundle["groups"];
  readonly tones: EmojiBundle["tones"];
  readonly entries: readonly EmojiEntry[];
}

const LOADERS: Readonly<Record<Language, () => Promise<{ default: EmojiBundle }>>> = {
  en: () => withDeadline(LIMITS_MS.chunk, () => import("virtual:emoji/en")),
  de: () => withDeadline(LIMITS_MS.chunk, () => import("virtual:emoji/de")),
  es: () => withDeadline(LIMITS_MS.chunk, () => import("virtual:emoji/es")),
  pt: () => withDeadline(LIMITS_MS.chunk, () => import("virtual:emoji/pt")),
};

const sets = new Map<Language, Promise<EmojiSet>>();

async function load(language: Language): Promise<EmojiSet> {
  const { groups, tones, emoji } = (await LOADERS[language]()).default;
  const entries = emoji.map(([value, group, label, tags, codes, skins]) => ({ emoji: value, group, label, tags, codes, skins }));
  return { groups, tones, entries };
}

/** Loaded once; after a failure the next call tries again. */
export function loadEmoji(language: Language = i18n.locale as Language): Promise<EmojiSet> {
  const known = sets.get(language);
  if (known !== undefined) return known;
  const loading = load(language);
  sets.set(language, loading);
  loading.catch(() => sets.delete(language));
  return loading;
}

/** The emoji in a skin tone, if it has any. */
export function inTone({ emoji, skins }: EmojiEntry, tone: Tone | null): string {
  return (tone === null ? undefined : skins?.[TONES.indexOf(tone)]) ?? emoji;
}
