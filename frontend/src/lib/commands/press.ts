/** Names of key presses: "j", "Shift+n", "Ctrl+k", "?", "Escape". The command key of a Mac counts as Ctrl. */
import { isTaken, letterOf } from "@/lib/keys";

export interface KeyPress {
  readonly key: string;
  readonly code?: string;
  readonly keyCode: number;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
  readonly getModifierState: (key: string) => boolean;
}

const LETTER = /^\p{L}$/u;
const MODIFIERS: readonly string[] = ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"];

/** The modifiers that make it another press; AltGr types a character, and reports itself as Ctrl and Alt on Windows. */
function modifiersOf(event: KeyPress, isLetter: boolean): string[] {
  const isTyped = event.getModifierState("AltGraph");
  const held: readonly (readonly [string, boolean])[] = [
    ["Ctrl", !isTyped && (event.ctrlKey || event.metaKey)],
    ["Alt", !isTyped && event.altKey],
    // A shifted symbol is another symbol already; a shifted letter or named key is not.
    ["Shift", event.shiftKey && (isLetter || event.key.length > 1)],
  ];
  return held.filter(([, isHeld]) => isHeld).map(([modifier]) => modifier);
}

/** The name of the press; null if it belongs to an input method or is a modifier alone. */
export function nameOf(event: KeyPress): string | null {
  if (isTaken(event.isComposing, event.keyCode) || MODIFIERS.includes(event.key)) return null;
  const isLetter = LETTER.test(event.key);
  const key = isLetter ? letterOf(event) : event.key;
  return [...modifiersOf(event, isLetter), key === " " ? "Space" : key].join("+");
}

/** Whether it types a character or moves within a field: such a key belongs to the field that has the focus. */
export const isPlain = (name: string): boolean => !/^(Ctrl|Alt)\+/.test(name);

/** Whether it is a single character without Ctrl or Alt: a shortcut that speech input may press by accident (WCAG 2.1.4). */
export const isCharacter = (name: string): boolean => /^(Shift\+)?.$/u.test(name);
