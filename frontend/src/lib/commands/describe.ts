/** Key presses as they are printed on a keyboard. */

const NAMES: Readonly<Record<string, string>> = {
  Escape: "Esc",
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
};

const printKey = (key: string): string => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);

/** The keys held together: "Ctrl+k" is "Ctrl K". A plus that is a key itself stays. */
const printPress = (press: string): string => press.split(/(?<=.)\+(?=.)/).map(printKey).join(" ");

/** The presses of a shortcut, one after the other: "g i" is "G" and "I". */
export const printShortcut = (shortcut: string): readonly string[] => shortcut.split(" ").map(printPress);

/** On one line, as `Keys` and `aria-keyshortcuts` take it. */
export const printKeys = (shortcut: string): string => printShortcut(shortcut).join(" ");
