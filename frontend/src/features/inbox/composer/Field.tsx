/** The text field with its keys, its paste rules, and the buttons around it. */
import { useEffect, useLayoutEffect, useRef, useState, type ChangeEvent, type KeyboardEvent, type RefObject, type SyntheticEvent } from "react";
import { IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import type { Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import type { Format } from "@/lib/formatKeys";
import { keyOf } from "@/lib/keys";
import { isBlank } from "@/lib/texts";
import { EmojiButton } from "./emoji/EmojiButton";
import { SuggestionList, useListIds, type ListIds } from "./emoji/SuggestionList";
import { useSuggestions, type Suggestions } from "./emoji/useSuggestions";
import type { Tray } from "./files/tray";
import { TrayButton } from "./files/TrayButton";
import { FormatBar } from "./FormatBar";
import { SendButton } from "./SendButton";
import { applyChange, insertAt, type TextChange } from "./text/change";
import { formatOf, toggleFormat } from "./text/formatting";
import { charactersLeft } from "./text/limit";
import { pasteInto } from "./text/paste";
import type { Sharing } from "./drafts/useSharing";
import { isSending, isSendingAndClosing, useSendKey } from "@/lib/sendKey";
import styles from "./composer.module.css";

const MAX_HEIGHT_PX = 168;

export interface FieldProps {
  readonly text: string;
  /** Where the caret was when the draft was left. */
  readonly caret: readonly [number, number];
  readonly tray?: Tray | undefined;
  readonly placeholder: string;
  readonly canSend: boolean;
  readonly onChange: (text: string, caret: readonly [number, number]) => void;
  readonly onSubmit: (text: string) => void;
  /** Sends, and closes the chat; absent where it cannot be closed. */
  readonly onSubmitAndClose?: ((text: string) => void) | undefined;
  readonly onEscape: (() => void) | undefined;
  readonly onArrowUp?: (() => void) | undefined;
  readonly onRecord?: (() => void) | undefined;
  /** Opens the canned replies. */
  readonly onReplies?: (() => void) | undefined;
  /** Sends the text later. */
  readonly sendLater?: Elements;
  /** Shares the text with colleagues, or no more. */
  readonly sharing?: Sharing | undefined;
  /** A different key focuses the field again. */
  readonly focusKey: number | undefined;
  readonly isEdit?: boolean;
  readonly children?: Elements;
}

/** On a phone the focus would open the keyboard over the messages. */
const hasRealKeyboard = () => window.matchMedia("(pointer: fine)").matches;

function useAutosize(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const fit = () => {
      const element = field.current;
      if (element === null) return;
      element.style.height = "auto";
      element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
    };
    fit();
    window.addEventListener("resize", fit);
    return () => window.removeEventListener("resize", fit);
  }, [text]);
  return field;
}

function useFocus(field: RefObject<HTMLTextAreaElement | null>, caret: readonly [number, number], focusKey: number | undefined): void {
  useEffect(() => {
    field.current?.setSelectionRange(...caret);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- where the draft was left, once
  }, [field]);
  useEffect(() => {
    // A user who chose to reply wants the keyboard, even on a phone.
    if (focusKey !== undefined || hasRealKeyboard()) field.current?.focus();
  }, [field, focusKey]);
}

const selectionOf = ({ selectionStart, selectionEnd }: HTMLTextAreaElement): readonly [number, number] => [selectionStart, selectionEnd];

/** What is selected, and the changes that are not typed: marks, emoji, pasted text. */
function useEditor(field: RefObject<HTMLTextAreaElement | null>, { text, caret, onChange }: FieldProps) {
  const [selection, setSelection] = useState(caret);
  const note = (element: HTMLTextAreaElement) => setSelection(selectionOf(element));
  const apply = (change: TextChange) => {
    if (field.current === null) return;
    applyChange(field.current, change);
    note(field.current);
  };
  const insert = (words: string) => {
    if (field.current !== null) apply(insertAt(...selectionOf(field.current), words));
  };
  const format = (mark: Format) => {
    if (field.current !== null) apply(toggleFormat(text, ...selectionOf(field.current), mark));
  };
  const handlers = {
    onChange: ({ currentTarget }: ChangeEvent<HTMLTextAreaElement>) => {
      note(currentTarget);
      onChange(currentTarget.value, selectionOf(currentTarget));
    },
    onSelect: ({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) => note(currentTarget),
    // So that a draft is found again with the caret where it was.
    onBlur: ({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) => {
      if (text !== "") onChange(text, selectionOf(currentTarget));
    },
  };
  const focus = () => field.current?.focus();
  return { selection, apply, insert, format, handlers, focus };
}

function useSubmit(field: RefObject<HTMLTextAreaElement | null>, { text, canSend, onSubmit, onSubmitAndClose }: FieldProps) {
  const left = charactersLeft(text);
  const isAllowed = canSend && (left === null || left >= 0);
  const send = (how: (words: string) => void) => {
    if (!isAllowed) return;
    how(isBlank(text) ? "" : text.trim());
    field.current?.focus();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    send(onSubmit);
  };
  const submitAndClose = onSubmitAndClose === undefined ? undefined : () => send(onSubmitAndClose);
  return { left, isAllowed, submit, submitAndClose };
}

function takeKey(event: KeyboardEvent, act: (() => void) | undefined): void {
  if (act === undefined) return;
  event.preventDefault();
  act();
}

interface Keyboard {
  readonly editor: ReturnType<typeof useEditor>;
  readonly suggestions: Suggestions;
  readonly submit: (event: SyntheticEvent) => void;
  readonly submitAndClose: (() => void) | undefined;
}

/** The keys of the field, in the order in which they are asked. */
function useKeys({ onEscape, onArrowUp }: FieldProps, { editor, suggestions, submit, submitAndClose }: Keyboard) {
  const sendKey = useSendKey();
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (suggestions.onKeyDown(event)) return;
    const format = formatOf(event);
    if (isSendingAndClosing(event)) takeKey(event, submitAndClose);
    else if (format !== null) takeKey(event, () => editor.format(format));
    else if (isSending(event, sendKey)) submit(event);
    else if (keyOf(event) === "Escape") takeKey(event, onEscape);
    else if (keyOf(event) === "ArrowUp" && !event.shiftKey) takeKey(event, onArrowUp);
  };
  return { onKeyDown, enterKeyHint: sendKey === "enter" ? "send" : "enter" } as const;
}

export function Field(props: FieldProps) {
  const { text, caret, tray, placeholder, focusKey, isEdit = false, onRecord, onReplies, sendLater, sharing } = props;
  const field = useAutosize(text);
  const editor = useEditor(field, props);
  const { left, isAllowed, submit, submitAndClose } = useSubmit(field, props);
  const suggestions = useSuggestions(text, editor.selection, editor.apply);
  const ids = useListIds();
  const keys = useKeys(props, { editor, suggestions, submit, submitAndClose });
  useFocus(field, caret, focusKey);
  return (
    <form className={styles.form} onSubmit={submit}>
      {props.children}
      <div className={styles.line}>
        {tray && <TrayButton tray={tray} />}
        <div className={styles.box}>
          <SuggestionList suggestions={suggestions} ids={ids} />
          {suggestions.options.length === 0 && <FormatBar editor={editor} field={field} />}
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            value={text}
            placeholder={placeholder}
            aria-label={t("composer.label")}
            aria-invalid={isOver(left)}
            {...listAttributes(suggestions, ids)}
            {...keys}
            {...editor.handlers}
            onPaste={(event) => pasteInto(event, tray, editor.insert)}
            data-testid="composer-input"
          />
          <Insertions editor={editor} onReplies={onReplies} />
        </div>
        {isAllowed && sendLater}
        <SendButton isEdit={isEdit} isEnabled={isAllowed} onRecord={onRecord} onSendAndClose={submitAndClose} sharing={sharing} />
      </div>
      <Counter left={left} />
    </form>
  );
}

function Insertions({ editor, onReplies }: Pick<FieldProps, "onReplies"> & { readonly editor: ReturnType<typeof useEditor> }) {
  return (
    <>
      {onReplies && <RepliesButton onClick={onReplies} />}
      <EmojiButton onChoose={editor.insert} onClose={editor.focus} />
    </>
  );
}

function RepliesButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <span className={styles.inner}>
      <IconButton label={t("composer.replies")} keys="/" className={styles.tool} onClick={onClick} data-testid="composer-replies">
        <Icon name="cannedReply" />
      </IconButton>
    </span>
  );
}

/** The field names the suggestion that Enter takes. */
function listAttributes({ options, selected }: Suggestions, ids: ListIds) {
  if (options.length === 0) return { "aria-autocomplete": "list" } as const;
  return { "aria-autocomplete": "list", "aria-controls": ids.list, "aria-activedescendant": ids.option(selected) } as const;
}

const isOver = (left: number | null): boolean => left !== null && left < 0;

function Counter({ left }: { readonly left: number | null }) {
  if (left === null) return null;
  return (
    <p className={classes(styles.counter, left < 0 && styles.isOver)} role="status" data-testid="composer-counter">
      {left < 0 ? t("composer.over", { count: -left }) : t("composer.left", { count: left })}
    </p>
  );
}
