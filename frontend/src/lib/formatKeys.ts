/** The keys that format the selected text of a message. */

export type Format = "bold" | "italic" | "strike" | "mono";

export const FORMATS: readonly Format[] = ["bold", "italic", "strike", "mono"];

export interface FormatKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/** With Ctrl, or Cmd on a Mac. */
export const FORMAT_KEYS: Readonly<Record<Format, FormatKey>> = {
  bold: { key: "b", shiftKey: false },
  italic: { key: "i", shiftKey: false },
  strike: { key: "x", shiftKey: true },
  mono: { key: "e", shiftKey: false },
};
