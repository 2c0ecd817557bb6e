/** The emoji picker: search, recent ones, groups, skin tones. A chunk of its own, loaded when it is first opened. */
import { EmojiPicker as Picker, type EmojiPickerListEmojiProps, type EmojiPickerListRowProps, type SkinTone } from "frimousse";
import { useState } from "react";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { chooseTone, noteRecent, readRecent, readTone } from "./emojiChoice";
import { TONES, type EmojiSet, type Tone } from "./emojiData";
import fieldStyles from "@/components/field.module.css";
import styles from "./picker.module.css";

const COLUMNS = 8;
const HAND = "✋";

/** In the library's format. */
function toLibrary({ groups, tones, entries }: EmojiSet, locale: string) {
  return {
    locale,
    categories: groups.map(([index, label]) => ({ index, label })),
    skinTones: tones,
    emojis: entries.map(({ emoji, group, label, tags, codes, skins }) => ({
      emoji,
      category: group,
      label,
      version: 0,
      tags: [...tags, ...codes],
      skins: skins && (Object.fromEntries(TONES.map((tone, index) => [tone, skins[index] ?? emoji])) as Record<Tone, string>),
    })),
  };
}

const fromLibrary = (tone: SkinTone): Tone | null => (tone === "none" ? null : tone);

interface EmojiPickerProps {
  readonly set: EmojiSet;
  readonly locale: string;
  /** On a touch screen the focus would open the keyboard over the picker. */
  readonly isFocused: boolean;
  readonly onChoose: (emoji: string) => void;
}

export function EmojiPicker({ set, locale, isFocused, onChoose }: EmojiPickerProps) {
  const [tone, setTone] = useState(readTone);
  const [words, setWords] = useState("");
  const choose = (emoji: string) => {
    noteRecent(emoji);
    onChoose(emoji);
  };
  const changeTone = (next: SkinTone) => {
    chooseTone(fromLibrary(next));
    setTone(fromLibrary(next));
  };
  return (
    <Picker.Root
      className={styles.picker}
      columns={COLUMNS}
      locale={locale}
      skinTone={tone ?? "none"}
      resolveEmojiData={() => toLibrary(set, locale)}
      onEmojiSelect={({ emoji }) => choose(emoji)}
      data-testid="emoji-picker"
    >
      <Picker.Search
        className={classes(fieldStyles.input, styles.search)}
        value={words}
        placeholder={t("composer.emoji.search")}
        aria-label={t("composer.emoji.search")}
        // eslint-disable-next-line jsx-a11y/no-autofocus -- it was opened to search or choose
        autoFocus={isFocused}
        onChange={(event) => setWords(event.target.value)}
      />
      {words === "" && <Recent onChoose={choose} />}
      <Picker.Viewport className={styles.viewport}>
        <Picker.Empty className={styles.empty}>{t("composer.emoji.empty")}</Picker.Empty>
        <Picker.List className={styles.list} components={{ CategoryHeader: Header, Row, Emoji }} />
      </Picker.Viewport>
      <Foot tone={tone} names={set.tones} onChange={changeTone} />
    </Picker.Root>
  );
}

function Foot(props: TonesProps) {
  return (
    <footer className={styles.foot}>
      <Picker.ActiveEmoji>{({ emoji }) => <span className={styles.active}>{emoji?.label ?? ""}</span>}</Picker.ActiveEmoji>
      <Tones {...props} />
    </footer>
  );
}

function Recent({ onChoose }: { readonly onChoose: (emoji: string) => void }) {
  const [recent] = useState(readRecent);
  if (recent.length === 0) return null;
  return (
    <div className={styles.recent} role="group" aria-label={t("composer.emoji.recent")} data-testid="emoji-recent">
      {recent.map((emoji) => (
        <button key={emoji} type="button" className={styles.emoji} translate="no" onClick={() => onChoose(emoji)}>
          {emoji}
        </button>
      ))}
    </div>
  );
}

interface TonesProps {
  readonly tone: Tone | null;
  readonly names: EmojiSet["tones"];
  readonly onChange: (tone: SkinTone) => void;
}

function Tones({ tone, names, onChange }: TonesProps) {
  return (
    <Picker.SkinTone emoji={HAND}>
      {({ skinToneVariations }) => (
        <div className={styles.tones} role="radiogroup" aria-label={t("composer.emoji.tone")}>
          {skinToneVariations.map(({ skinTone, emoji }) => (
            <label key={skinTone} className={styles.tone} title={skinTone === "none" ? t("composer.emoji.noTone") : names[skinTone]}>
              <input
                type="radio"
                className="visually-hidden"
                name="skin-tone"
                checked={(tone ?? "none") === skinTone}
                aria-label={skinTone === "none" ? t("composer.emoji.noTone") : names[skinTone]}
                onChange={() => onChange(skinTone)}
              />
              <span aria-hidden="true">{emoji}</span>
            </label>
          ))}
        </div>
      )}
    </Picker.SkinTone>
  );
}

function Header({ category, ...rest }: { readonly category: { readonly label: string } }) {
  return (
    <div {...rest} className={styles.header}>
      {category.label}
    </div>
  );
}

/** The library counts rows and columns from 0, ARIA from 1. */
function Row({ children, ...rest }: EmojiPickerListRowProps) {
  return (
    <div {...rest} className={styles.row} aria-rowindex={(rest["aria-rowindex"] ?? 0) + 1}>
      {children}
    </div>
  );
}

function Emoji({ emoji, ...rest }: EmojiPickerListEmojiProps) {
  return (
    <button
      {...rest}
      className={classes(styles.emoji, emoji.isActive && styles.isActive)}
      role="gridcell"
      aria-colindex={(rest["aria-colindex"] ?? 0) + 1}
      translate="no"
    >
      {emoji.emoji}
    </button>
  );
}
