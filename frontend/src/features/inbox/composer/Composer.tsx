/** The composer: Enter sends, Shift+Enter starts a new line, unsent text is kept as a draft for each chat. */
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ClipboardEvent, KeyboardEvent, RefObject, SyntheticEvent } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { isBlank } from "@/lib/texts";
import type { Elements } from "@/components/Text";
import { isPlainEnter, keyOf } from "@/lib/keys";
import type { Message } from "@/types/wire";
import { quote } from "@/features/inbox/thread/bubbles";
import { filesOf } from "./transferFiles";
import { useInbox } from "@/features/inbox/context";
import { useTyping } from "@/features/inbox/presence/presenceContext";
import { QuoteLines } from "@/features/inbox/thread/Quote";
import { canRecord } from "./recording";
import type { Intent } from "@/features/inbox/thread/intent";
import { TrayButton, TrayList, type Tray } from "./Tray";
import { VoiceRecorder } from "./VoiceRecorder";
import quoteStyles from "@/features/inbox/thread/quote.module.css";
import styles from "./composer.module.css";

const MAX_HEIGHT_PX = 168;
const MAX_CHARACTERS = 65_536;

interface ComposerProps {
  readonly chatId: number;
  readonly isReadOnly: boolean;
  /** The message being replied to or edited; null for a new message. */
  readonly intent?: Intent | null;
  readonly tray?: Tray;
  readonly onSend: (text: string) => void;
  readonly onVoice?: (file: File) => void;
  readonly onProblem?: (sentence: string) => void;
  readonly onCancel?: () => void;
}

/** On a phone the focus would open the keyboard over the messages. */
const hasRealKeyboard = () => window.matchMedia("(pointer: fine)").matches;

function useAutosize(text: string) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, MAX_HEIGHT_PX)}px`;
  }, [text]);
  return field;
}

function useDraft(chatId: number) {
  const { drafts } = useInbox();
  const [text, setText] = useState(() => drafts.read(chatId));
  const noteTyping = useTyping(chatId);
  const change = (value: string) => {
    setText(value);
    noteTyping(value);
    drafts.write(chatId, value);
  };
  return [text, change] as const;
}

export function Composer(props: ComposerProps) {
  const { chatId, isReadOnly, intent = null } = props;
  if (isReadOnly) {
    return <p className={styles.closed}>You can read this chat. Ask an owner to let you answer.</p>;
  }
  if (intent?.kind === "edit") return <EditForm key={`edit${intent.message.id}`} {...props} message={intent.message} />;
  return <WriteForm key={chatId} {...props} />;
}

/** A message is typed or recorded. */
function WriteForm(props: ComposerProps) {
  const [isRecording, setRecording] = useState(false);
  const { onVoice, onProblem } = props;
  if (onVoice === undefined || !isRecording) return <TextForm {...props} onRecord={() => setRecording(true)} />;
  return <VoiceRecorder onSend={onVoice} onProblem={onProblem} onClose={() => setRecording(false)} />;
}

function TextForm({ chatId, intent, tray, onSend, onVoice, onCancel, onRecord }: ComposerProps & { readonly onRecord: () => void }) {
  const [text, change] = useDraft(chatId);
  const sendNow = (value: string) => {
    onSend(value);
    change("");
  };
  const mayRecord = onVoice !== undefined && isBlank(text) && !hasFiles(tray) && canRecord();
  return (
    <Field
      text={text}
      tray={tray}
      onChange={change}
      onSubmit={sendNow}
      onEscape={intent ? onCancel : undefined}
      focusKey={intent?.message.id}
      onRecord={mayRecord ? onRecord : undefined}
    >
      {intent && <IntentBar label="Cancel the reply" intent={intent} onCancel={onCancel} />}
      {tray && <TrayList tray={tray} />}
    </Field>
  );
}

const hasFiles = (tray: Tray | undefined): boolean => tray !== undefined && tray.picked.length > 0;

/** The text of an edit is separate from the draft. */
function EditForm({ message, intent, onSend, onCancel }: ComposerProps & { readonly message: Message }) {
  const [text, change] = useState(message.body ?? "");
  return (
    <Field text={text} onChange={change} onSubmit={onSend} onEscape={onCancel} focusKey={message.id} sendLabel="Save">
      {intent && <IntentBar label="Cancel the change" intent={intent} onCancel={onCancel} />}
    </Field>
  );
}

interface IntentBarProps {
  readonly intent: Intent;
  readonly label: string;
  readonly onCancel: (() => void) | undefined;
}

function IntentBar({ intent, label, onCancel }: IntentBarProps) {
  const quoted = quote(intent.message);
  return (
    <div className={styles.intent} data-testid={`composer-${intent.kind}`}>
      <Icon name={intent.kind === "edit" ? "edit" : "reply"} size={18} />
      <div className={quoteStyles.quote}>
        {intent.kind === "edit" ? (
          <>
            <span className={quoteStyles.name}>Edit message</span>
            <span className={quoteStyles.body}>{quoted.body}</span>
          </>
        ) : (
          <QuoteLines quoted={quoted} />
        )}
      </div>
      <IconButton label={label} onClick={onCancel} data-testid="composer-cancel">
        <Icon name="close" size={18} />
      </IconButton>
    </div>
  );
}

interface FieldProps {
  readonly text: string;
  readonly tray?: Tray | undefined;
  readonly onChange: (text: string) => void;
  readonly onSubmit: (text: string) => void;
  readonly onEscape: (() => void) | undefined;
  readonly onRecord?: (() => void) | undefined;
  /** A different key focuses the field again. */
  readonly focusKey: number | undefined;
  readonly sendLabel?: string;
  readonly children?: Elements;
}

function useFocus(field: RefObject<HTMLTextAreaElement | null>, focusKey: number | undefined): void {
  useEffect(() => {
    // A user who chose to reply wants the keyboard, even on a phone.
    if (focusKey !== undefined || hasRealKeyboard()) field.current?.focus();
  }, [field, focusKey]);
}

function Field(props: FieldProps) {
  const { text, tray, onChange, onSubmit, onEscape, focusKey, children } = props;
  const field = useAutosize(text);
  const canSend = !isBlank(text) || hasFiles(tray);
  useFocus(field, focusKey);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!canSend) return;
    onSubmit(isBlank(text) ? "" : text.trim());
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isPlainEnter(event)) submit(event);
    if (keyOf(event) === "Escape") escape(event, onEscape);
  };
  return (
    <form className={styles.composer} onSubmit={submit}>
      {children}
      <div className={styles.line}>
        {tray && <TrayButton tray={tray} />}
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={MAX_CHARACTERS}
          value={text}
          placeholder="Write a message"
          aria-label="Message"
          enterKeyHint="send"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={(event) => pasteFiles(event, tray)}
          data-testid="composer-input"
        />
        <SendButton {...props} canSend={canSend} />
      </div>
    </form>
  );
}

function escape(event: KeyboardEvent, onEscape: (() => void) | undefined): void {
  if (onEscape === undefined) return;
  event.preventDefault();
  onEscape();
}

/** Takes pasted images and files; text is left to the browser. */
function pasteFiles(event: ClipboardEvent, tray: Tray | undefined): void {
  const files = tray === undefined ? [] : filesOf(event.clipboardData);
  if (files.length === 0) return;
  event.preventDefault();
  tray?.add(files);
}

type SendButtonProps = Pick<FieldProps, "onRecord" | "sendLabel"> & { readonly canSend: boolean };

function SendButton({ onRecord, sendLabel = "Send", canSend }: SendButtonProps) {
  return (
    <>
      {onRecord && (
        <IconButton label="Record a voice message" className={styles.tool} onClick={onRecord} data-testid="voice-record">
          <Icon name="mic" />
        </IconButton>
      )}
      <button type="submit" className={styles.send} disabled={!canSend} aria-label={sendLabel} title={sendLabel} data-testid="composer-send">
        <Icon name={sendLabel === "Send" ? "send" : "check"} />
      </button>
    </>
  );
}
