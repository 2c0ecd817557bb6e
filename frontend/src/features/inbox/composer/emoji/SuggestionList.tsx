/** The emoji that match what was typed after a colon. The focus stays in the field, which names the chosen one. */
import { useId } from "react";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { readTone } from "./emojiChoice";
import { inTone } from "./emojiData";
import type { Suggestions } from "./useSuggestions";
import styles from "./suggestions.module.css";

export interface ListIds {
  readonly list: string;
  readonly option: (index: number) => string;
}

export function useListIds(): ListIds {
  const list = useId();
  return { list, option: (index) => `${list}-${index}` };
}

export function SuggestionList({ suggestions: { options, selected, select, choose }, ids }: { readonly suggestions: Suggestions; readonly ids: ListIds }) {
  if (options.length === 0) return null;
  const tone = readTone();
  return (
    <>
      <div className={styles.list} id={ids.list} role="listbox" aria-label={t("composer.emoji.suggestions")} data-testid="emoji-suggestions">
        {options.map((entry, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's
          <div
            key={entry.emoji}
            id={ids.option(index)}
            className={classes(styles.option, index === selected && styles.selected)}
            role="option"
            aria-selected={index === selected}
            tabIndex={-1}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => select(index)}
            onClick={() => choose(entry)}
          >
            <span className={styles.emoji} translate="no">{inTone(entry, tone)}</span>
            <span className={styles.name}>{entry.label}</span>
            {entry.codes[0] !== undefined && <span className={styles.code} translate="no">{`:${entry.codes[0]}:`}</span>}
          </div>
        ))}
      </div>
      <p className="visually-hidden" role="status">{t("composer.emoji.found", { count: options.length })}</p>
    </>
  );
}
