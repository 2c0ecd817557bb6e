/** The composer in its other mode: a note for the team, which no contact ever gets. */
import { useEffect, useLayoutEffect, useRef, useState, type ChangeEvent, type KeyboardEvent, type ReactElement, type SyntheticEvent } from "react";
import { CheckBox } from "@/components/CheckBox";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { classes } from "@/components/classes";
import { useListIds, type ListIds } from "@/features/inbox/composer/emoji/SuggestionList";
import { applyChange, type TextChange } from "@/features/inbox/composer/text/change";
import { charactersLeft } from "@/features/inbox/composer/text/limit";
import { t } from "@/i18n/translate";
import { keyOf } from "@/lib/keys";
import { isSending, useSendKey } from "@/lib/sendKey";
import { isBlank } from "@/lib/texts";
import { listNames } from "@/features/inbox/presence/presence";
import type { Account } from "@/types/wire";
import { MentionOptions } from "./MentionOptions";
import { mentionedIn, type Named } from "./noteText";
import { useMentionable, useMentions, type Mentionable, type MentionList } from "./useMentions";
import composerStyles from "@/features/inbox/composer/composer.module.css";
import styles from "./note-form.module.css";

const MAX_HEIGHT_PX = 168;
/** The server's limit. */
const MAX_CHARACTERS = 10_000;

export interface NoteDraft {
  readonly text: string;
  readonly mentions: readonly Named[];
}

export interface NoteResult extends NoteDraft {
  readonly grant?: "agent" | "viewer" | undefined;
}

interface NoteFormProps {
  readonly account: Account;
  readonly draft: NoteDraft;
  readonly isEdit: boolean;
  /** Reply or note. */
  readonly modes?: ReactElement | false;
  readonly onChange: (draft: NoteDraft) => void;
  readonly onSubmit: (note: NoteResult) => void;
  readonly onClose: () => void;
}

function useField(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  useEffect(() => {
    const end = field.current?.value.length ?? 0;
    field.current?.focus();
    field.current?.setSelectionRange(end, end);
  }, []);
  return field;
}

/** Who gets access with the note, and as what. */
function useGrant(users: readonly Mentionable[], mentioned: readonly Named[]) {
  const [mayReply, setMayReply] = useState(false);
  const outside = users.filter(({ id, isOutside }) => isOutside && mentioned.some((user) => user.id === id));
  const role: "agent" | "viewer" = mayReply ? "agent" : "viewer";
  return { outside, grant: outside.length === 0 ? undefined : role, mayReply, setMayReply };
}

const selectionOf = ({ selectionStart, selectionEnd }: HTMLTextAreaElement): readonly [number, number] => [selectionStart, selectionEnd];

/** What the field does: typing, choosing a mention, saving, leaving. */
function useNoteField(props: NoteFormProps) {
  const { account, draft, onChange, onSubmit, onClose } = props;
  const { text } = draft;
  const field = useField(text);
  const [selection, setSelection] = useState<readonly [number, number]>([text.length, text.length]);
  const users = useMentionable(account);
  const mentioned = mentionedIn(text, draft.mentions);
  const access = useGrant(users, mentioned);
  const left = charactersLeft(text, MAX_CHARACTERS);
  const canSubmit = !isBlank(text) && (left === null || left >= 0);
  // The name is typed into the field, whose change keeps the mention.
  const chosen = useRef<readonly Named[]>([]);
  const choose = (user: Mentionable, typed: TextChange) => {
    chosen.current = [{ id: user.id, name: user.name }];
    if (field.current !== null) applyChange(field.current, typed);
  };
  const mentions = useMentions({ text, selection, users, onChoose: choose });
  const note = ({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) => setSelection(selectionOf(currentTarget));
  const change = (event: ChangeEvent<HTMLTextAreaElement>) => {
    note(event);
    onChange({ text: event.currentTarget.value, mentions: [...draft.mentions, ...chosen.current] });
    chosen.current = [];
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (canSubmit) onSubmit({ text: text.trim(), mentions: mentioned, grant: access.grant });
  };
  const keys = useNoteKeys(mentions, submit, onClose);
  return { field, left, canSubmit, mentions, access, submit, handlers: { onChange: change, onSelect: note, ...keys } };
}

function useNoteKeys(mentions: MentionList, submit: (event: SyntheticEvent) => void, onClose: () => void) {
  const sendKey = useSendKey();
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (mentions.onKeyDown(event)) return;
    if (isSending(event, sendKey)) submit(event);
    else if (keyOf(event) === "Escape") {
      event.preventDefault();
      onClose();
    }
  };
  return { onKeyDown, enterKeyHint: sendKey === "enter" ? "send" : "enter" } as const;
}

export function NoteForm(props: NoteFormProps) {
  const { draft, isEdit, modes, onClose } = props;
  const { field, left, canSubmit, mentions, access, submit, handlers } = useNoteField(props);
  const ids = useListIds();
  return (
    <div className={classes(composerStyles.composer, styles.note)} data-testid="note-form">
      <form className={composerStyles.form} onSubmit={submit}>
        <div className={styles.top}>
          {modes}
          <p className={styles.hint}>
            {isEdit && <Icon name="edit" size={15} />}
            <Text>{t(isEdit ? "notes.form.editing" : "notes.form.hint")}</Text>
          </p>
        </div>
        <Access access={access} />
        <div className={classes(composerStyles.line, styles.line)}>
          <div className={classes(composerStyles.box, styles.box)}>
            <MentionOptions mentions={mentions} ids={ids} />
            <textarea
              ref={field}
              rows={1}
              dir="auto"
              value={draft.text}
              placeholder={t("notes.form.placeholder")}
              aria-label={t("notes.form.label")}
              aria-invalid={left !== null && left < 0}
              {...listAttributes(mentions, ids)}
              {...handlers}
              data-testid="note-input"
            />
          </div>
          <Buttons isEdit={isEdit} canSubmit={canSubmit} onClose={onClose} />
        </div>
        <Counter left={left} />
      </form>
    </div>
  );
}

/** The field names the user that Enter takes. */
function listAttributes({ options, selected }: MentionList, ids: ListIds) {
  if (options.length === 0) return { "aria-autocomplete": "list" } as const;
  return { "aria-autocomplete": "list", "aria-controls": ids.list, "aria-activedescendant": ids.option(selected) } as const;
}

function Buttons({ isEdit, canSubmit, onClose }: { readonly isEdit: boolean; readonly canSubmit: boolean; readonly onClose: () => void }) {
  const label = t(isEdit ? "composer.save" : "notes.form.save");
  return (
    <>
      <IconButton label={t("notes.form.close")} keys="Esc" className={composerStyles.tool} onClick={onClose} data-testid="note-close">
        <Icon name="close" />
      </IconButton>
      <button type="submit" className={classes(composerStyles.send, styles.send)} disabled={!canSubmit} aria-label={label} title={label} data-testid="note-save">
        <Icon name="check" />
      </button>
    </>
  );
}

function Access({ access: { outside, mayReply, setMayReply } }: { readonly access: ReturnType<typeof useGrant> }) {
  if (outside.length === 0) return null;
  const names = listNames(outside.map(({ id, name }) => ({ user_id: id, name })));
  return (
    <div className={styles.access} role="status" data-testid="note-access">
      <Text>{t("notes.form.access", { names, count: outside.length })}</Text>
      <CheckBox checked={mayReply} onChange={({ currentTarget }) => setMayReply(currentTarget.checked)}>
        {t("notes.form.mayReply")}
      </CheckBox>
    </div>
  );
}

function Counter({ left }: { readonly left: number | null }) {
  if (left === null) return null;
  return (
    <p className={classes(composerStyles.counter, left < 0 && composerStyles.isOver)} role="status">
      {left < 0 ? t("composer.over", { count: -left }) : t("composer.left", { count: left })}
    </p>
  );
}
