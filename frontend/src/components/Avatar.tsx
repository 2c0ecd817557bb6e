/** A round avatar: the picture, or initials on a colour derived from the name. */
import { graphemes, isEmoji, isName } from "@/lib/texts";
import { Icon } from "./Icon";
import { Text } from "./Text";
import { classes } from "./classes";
import styles from "./avatar.module.css";

const HUES = 8;

/** The same name always gets the same colour. */
export function hueOf(text: string): number {
  let hash = 0;
  for (const char of text) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return hash % HUES;
}

/** With its combining marks; upper case only if that is still one letter (ß is not). */
function initialOf(namePart: string): string {
  const initial = graphemes(namePart).find((part) => /\p{L}/u.test(part) && isName(part)) ?? "";
  const capital = initial.toUpperCase();
  return graphemes(capital).length === 1 ? capital : initial;
}

function initials(name: string): string {
  const found = name.split(/\s+/).map(initialOf).filter((initial) => initial !== "");
  if (found.length === 0) return graphemes(name).find(isEmoji) ?? "";
  return `${found[0] ?? ""}${found.length > 1 ? (found.at(-1) ?? "") : ""}`;
}

export type AvatarSize = "small" | "medium" | "large" | "huge";

/** What is shown over the initials once it is loaded. */
export interface AvatarPicture {
  readonly url: string;
  /** Another one loads the picture again. */
  readonly key: number;
  readonly isLoaded: boolean;
  readonly onLoad: () => void;
  readonly onError: () => void;
}

interface AvatarProps {
  readonly name: string;
  readonly isGroup?: boolean;
  readonly size?: AvatarSize;
  readonly picture?: AvatarPicture | null;
}

export function Avatar({ name, isGroup = false, size = "medium", picture = null }: AvatarProps) {
  const letters = initials(name);
  return (
    <span className={classes(styles.avatar, styles[size], `hue-${hueOf(name)}`)} aria-hidden="true" translate="no">
      {picture !== null ? (
        <>
          {!picture.isLoaded && <Text>{letters}</Text>}
          <img key={picture.key} src={picture.url} alt="" loading="lazy" decoding="async" onLoad={picture.onLoad} onError={picture.onError} data-testid="avatar-picture" />
        </>
      ) : isGroup ? (
        <Icon name="people" />
      ) : (
        letters || <Icon name="phone" />
      )}
    </span>
  );
}
