/** A round picture of somebody without a picture: initials on a colour of their own. */
import { Icon } from "./Icon";

const HUES = 8;

/** The same name has the same colour, everywhere and always. */
export function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return hash % HUES;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  const first = words[0] ?? "";
  const last = words.length > 1 ? (words.at(-1) ?? "") : "";
  const letter = (word: string) => /\p{L}/u.exec(word)?.[0] ?? "";
  return (letter(first) + letter(last)).toUpperCase();
}

interface AvatarProps {
  readonly name: string;
  readonly isGroup?: boolean;
  readonly size?: "medium" | "large";
}

export function Avatar({ name, isGroup = false, size = "medium" }: AvatarProps) {
  const letters = initials(name);
  return (
    <span className={`avatar avatar-${size} hue-${hueOf(name)}`} aria-hidden="true">
      {isGroup ? <Icon name="people" /> : letters || <Icon name="phone" />}
    </span>
  );
}
