/** The users that match what was typed after an `@`. The focus stays in the field, which names the chosen one. */
import { Avatar } from "@/components/Avatar";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import type { ListIds } from "@/features/inbox/composer/emoji/SuggestionList";
import listStyles from "@/features/inbox/composer/emoji/suggestions.module.css";
import type { MentionList } from "./useMentions";
import styles from "./note-form.module.css";

export function MentionOptions({ mentions: { options, selected, select, choose }, ids }: { readonly mentions: MentionList; readonly ids: ListIds }) {
  if (options.length === 0) return null;
  return (
    <>
      <div className={classes(listStyles.list, styles.options)} id={ids.list} role="listbox" aria-label={t("notes.mention.list")} data-testid="mention-options">
        {options.map((user, index) => (
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the field's
          <div
            key={user.id}
            id={ids.option(index)}
            className={classes(listStyles.option, index === selected && listStyles.selected)}
            role="option"
            aria-selected={index === selected}
            tabIndex={-1}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onMouseMove={() => select(index)}
            onClick={() => choose(user)}
          >
            <Avatar name={user.name} size="small" />
            <bdi className={listStyles.name} translate="no">{user.name}</bdi>
            {user.isOutside && <span className={listStyles.code}>{t("notes.mention.outside")}</span>}
          </div>
        ))}
      </div>
      <p className="visually-hidden" role="status">{t("notes.mention.found", { count: options.length })}</p>
    </>
  );
}
