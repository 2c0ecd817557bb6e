/** The pressed key, unless an input method (Japanese, Chinese, Korean …) consumed it. */

interface KeyPress {
  readonly key: string;
  readonly keyCode: number;
  readonly shiftKey: boolean;
  readonly nativeEvent: { readonly isComposing?: boolean };
}

/** The `keyCode` of a key consumed by an input method; Safari sends it after `compositionend`, when `isComposing` is false. */
const TAKEN = 229;

/** The key's name; empty while an input method composes text. */
export const keyOf = ({ key, keyCode, nativeEvent }: KeyPress): string =>
  nativeEvent.isComposing === true || keyCode === TAKEN ? "" : key;

/** Enter submits; with Shift it starts a new line. */
export const isPlainEnter = (event: KeyPress): boolean => keyOf(event) === "Enter" && !event.shiftKey;
