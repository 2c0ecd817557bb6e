/** The pressed key, unless an input method (Japanese, Chinese, Korean …) consumed it. */

export interface KeyPress {
  readonly key: string;
  readonly keyCode: number;
  readonly shiftKey: boolean;
  readonly nativeEvent: { readonly isComposing?: boolean };
}

/** The `keyCode` of a key consumed by an input method; Safari sends it after `compositionend`, when `isComposing` is false. */
const TAKEN = 229;

/** Whether an input method consumed the key. */
export const isTaken = (isComposing: boolean | undefined, keyCode: number): boolean => isComposing === true || keyCode === TAKEN;

/** The key's name; empty while an input method composes text. */
export const keyOf = ({ key, keyCode, nativeEvent }: KeyPress): string => (isTaken(nativeEvent.isComposing, keyCode) ? "" : key);

interface PhysicalKey {
  readonly key: string;
  /** Where the key is on the keyboard, by the letter a US keyboard has there: "KeyJ". */
  readonly code?: string;
  readonly altKey: boolean;
}

/** A letter that shortcuts cannot name: of another script, or with a mark. */
const OTHER_LETTER = /^[^\P{L}a-z]$/iu;
const LETTER_KEY = /^Key([A-Z])$/;

/**
 * The letter of the key, in lower case: on a Cyrillic, Greek, Arabic … layout the Latin letter of the same place. With
 * Alt the key types a character of its own.
 */
export function letterOf({ key, code = "", altKey }: PhysicalKey): string {
  const [, place] = LETTER_KEY.exec(code) ?? [];
  return (place !== undefined && !altKey && OTHER_LETTER.test(key) ? place : key).toLowerCase();
}
