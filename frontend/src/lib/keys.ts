/** Which key was really pressed: one that an input method (Japanese, Chinese, Korean …) takes is none. */

interface KeyPress {
  readonly key: string;
  readonly keyCode: number;
  readonly shiftKey: boolean;
  readonly nativeEvent: { readonly isComposing?: boolean };
}

/** The `keyCode` of a key an input method took; Safari sends it after `compositionend`, when `isComposing` is over. */
const TAKEN = 229;

/** The key's name; empty while it chooses or ends a word. */
export const keyOf = ({ key, keyCode, nativeEvent }: KeyPress): string =>
  nativeEvent.isComposing === true || keyCode === TAKEN ? "" : key;

/** Enter means "go"; with Shift it begins a new line. */
export const isPlainEnter = (event: KeyPress): boolean => keyOf(event) === "Enter" && !event.shiftKey;
