/** Recognises blank text, names and emoji. The counterpart of the server's `text` package. */

/** Invisible, although Unicode does not call them blank: Hangul fillers, the empty Braille cell, a null notehead. */
const BLANK_LETTERS = "\\u115f\\u1160\\u17b4\\u17b5\\u2800\\u3164\\uffa0\\u{1d159}";
/* eslint-disable no-misleading-character-class -- characters that combine are listed one by one */
const BLANK = new RegExp(`^[\\p{Z}\\p{Cc}\\p{Cs}\\p{DI}${BLANK_LETTERS}]*$`, "u");
/** A name has a letter or a symbol: only digits and punctuation are a phone number, "." or "~". */
const SHOWS = new RegExp(`(?![${BLANK_LETTERS}\\ufffc\\ufffd])[\\p{L}\\p{Nl}\\p{So}\\p{Extended_Pictographic}]`, "u");
/* eslint-enable no-misleading-character-class */
const JID = /^[\p{L}\p{N}_.:+-]+@(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted|hosted\.lid|newsletter|broadcast|bot|call|msgr)$/iu;
/** A phone number with something around it, and what programs write for an empty name. */
const PHONE_LIKE = /^(?:(?:tel|sms):|(?:https?:\/\/)?wa\.me\/)?[^\p{L}]*$/iu;
const EMPTY_NAMES = ["undefined", "null"];
const MIN_PHONE = 7;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)/u;
const MAX_EMOJI_UNITS = 64;

/** Latin without combining marks: each of these is a character of its own. */
const PLAIN = /^[ -~\xa0-\u02ff]*$/;
/** Creating it takes as long as rendering a list: only for texts that need it. */
let segmenter: Intl.Segmenter | undefined;

/** User-perceived characters. */
export function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return Array.from(text);
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Whether nothing of it is visible. */
export const isBlank = (text: string): boolean => BLANK.test(text);

/** Whether it can be a name: not blank, not a phone number, not a WhatsApp id, not only punctuation. */
export function isName(text: string): boolean {
  const line = text.trim();
  if (EMPTY_NAMES.includes(line) || !SHOWS.test(line) || JID.test(line)) return false;
  return !PHONE_LIKE.test(line) || (line.match(/\p{Nd}/gu) ?? []).length < MIN_PHONE;
}

/** The first of these that is a name. */
export const firstName = (...texts: readonly (string | null | undefined)[]): string | null =>
  texts.find((text) => typeof text === "string" && isName(text)) ?? null;

/** The first of these that is visible. */
export const firstShown = (...texts: readonly (string | null | undefined)[]): string | null =>
  texts.find((text) => typeof text === "string" && !isBlank(text)) ?? null;

/** A name within a sentence, isolated so that right-to-left text does not reorder the rest. */
export const isolate = (name: string): string => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** Whether it is a single emoji, of any number of code points. */
export function isEmoji(text: string): boolean {
  return text.length <= MAX_EMOJI_UNITS && EMOJI.test(text) && graphemes(text).length === 1;
}
