/** The composer: a new message, a reply, an edit, or a voice message. What is typed is a draft at once. */
import { useState, type ReactElement } from "react";
import { useToasts } from "@/components/Toast";
import type { Plan } from "@/features/inbox/planned/PlanDialog";
import type { Intent } from "@/features/inbox/thread/bubble/intent";
import type { Held } from "@/features/inbox/thread/held";
import type { DraftEdit } from "./drafts/draft";
import { Field } from "./Field";
import { composedFiles, isLoading, type Tray } from "./files/tray";
import { isCaption } from "./files/parts";
import { TrayList } from "./files/TrayList";
import { IntentBar } from "./IntentBar";
import { useInbox } from "@/features/inbox/context";
import { useTyping } from "@/features/inbox/presence/ownPresence";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import { isBlank } from "@/lib/texts";
import { useDraft } from "./drafts/useDraft";
import { useReplies } from "./useReplies";
import { useSendLater } from "./useSendLater";
import { useSharing } from "./drafts/useSharing";
import { canRecord } from "./voice/recording";
import type { Voice } from "./voice/useRecording";
import styles from "./composer.module.css";

const VoiceRecorder = lazyPart(async () => (await import("./voice/VoiceRecorder")).VoiceRecorder);

export interface ComposerProps {
  readonly accountId: number;
  readonly chatId: number;
  /** The message being replied to or edited; null for a new message. */
  readonly intent: Intent | null;
  readonly tray: Tray;
  /** Reply or note, above the field. */
  readonly modes?: ReactElement | false;
  /** Messages that were held: Enter sends them, Escape puts them back. */
  readonly held?: Pick<Held, "release" | "takeBack"> | null;
  readonly onSend: (text: string) => void;
  /** Sends, and closes the chat; absent where it cannot be closed. */
  readonly onSendAndClose?: ((text: string) => void) | undefined;
  readonly onVoice: (file: File) => void;
  /** Sends the text at a time. */
  readonly onPlan?: ((plan: Plan) => void) | undefined;
  readonly onProblem: (sentence: string) => void;
  readonly onCancel: () => void;
  /** Edits the last own message; absent if there is none. */
  readonly onEditLast?: (() => void) | undefined;
}

export function Composer(props: ComposerProps) {
  const { chatId } = props;
  const { edit } = useDraft(chatId);
  return (
    <div className={styles.composer} data-testid="composer">
      {edit === null ? <WriteForm key={chatId} {...props} /> : <EditForm key={`edit${edit.message.id}`} {...props} edit={edit} />}
    </div>
  );
}

/** A message is typed or recorded. */
function WriteForm(props: ComposerProps) {
  const [isRecording, setRecording] = useState(false);
  const toasts = useToasts();
  const { onVoice, onProblem, tray } = props;
  const keep = ({ file, seconds }: Voice) => tray.addVoice(file, seconds);
  const discard = (voice: Voice) =>
    toasts.show({ text: t("composer.voice.discarded"), action: { label: t("app.undo"), run: () => keep(voice) } });
  if (!isRecording) return <TextForm {...props} onRecord={() => setRecording(true)} />;
  return <VoiceRecorder onSend={onVoice} onKeep={keep} onDiscard={discard} onProblem={onProblem} onClose={() => setRecording(false)} />;
}

/** With nothing written, what was held is sent. */
function waysToSend({ held = null, onSend, onSendAndClose }: ComposerProps, isEmpty: boolean, noteTyping: (text: string) => void) {
  const sending = (how: (value: string) => void) => (value: string) => {
    noteTyping("");
    how(value);
  };
  if (isEmpty) return { canSend: held !== null, submit: held?.release ?? sending(onSend), submitAndClose: undefined };
  return { canSend: true, submit: sending(onSend), submitAndClose: onSendAndClose && sending(onSendAndClose) };
}

function escapeOf({ held = null, intent, onCancel }: ComposerProps): (() => void) | undefined {
  if (held !== null) return held.takeBack;
  return intent === null ? undefined : onCancel;
}

const isUntouched = ({ items }: Tray, text: string): boolean => text === "" && items.length === 0;

/** A voice message can be recorded where nothing else is about to be sent. */
const mayRecord = ({ items }: Tray, text: string): boolean => isBlank(text) && items.length === 0 && canRecord();

/** What stands in front of the text, and what is done with it. */
function useTextForm(props: ComposerProps) {
  const { accountId, chatId, tray, onProblem } = props;
  const { drafts } = useInbox();
  const { text, caret } = useDraft(chatId);
  const noteTyping = useTyping(chatId);
  const replies = useReplies({ accountId, chatId, tray, onProblem });
  const change = (value: string, at: readonly [number, number]) => {
    replies.noteTyped(value, text);
    if (value !== text) noteTyping(value);
    drafts.change(chatId, { accountId, text: value, caret: at });
  };
  const files = composedFiles(tray.items);
  const ways = waysToSend(props, isBlank(text) && files.length === 0, noteTyping);
  return { text, caret, files, replies, change, ways };
}

function TextForm(props: ComposerProps & { readonly onRecord: () => void }) {
  const { accountId, chatId, intent, tray, modes, onCancel, onEditLast, onRecord, onPlan } = props;
  const { text, caret, files, replies, change, ways } = useTextForm(props);
  const later = useSendLater(text, files.length > 0, onPlan);
  const { sharing, bar } = useSharing(accountId, chatId);
  return (
    <>
      <Field
        text={text}
        caret={caret}
        tray={tray}
        placeholder={t(isCaption(files) ? "composer.placeholderCaption" : "composer.placeholder")}
        canSend={ways.canSend && !isLoading(tray.items)}
        onChange={change}
        onSubmit={replies.guard(ways.submit)}
        onSubmitAndClose={ways.submitAndClose && replies.guard(ways.submitAndClose)}
        onReplies={replies.open}
        sendLater={later.menu}
        sharing={sharing}
        onEscape={escapeOf(props)}
        onArrowUp={isUntouched(tray, text) ? onEditLast : undefined}
        focusKey={intent?.message.id}
        onRecord={!ways.canSend && mayRecord(tray, text) ? onRecord : undefined}
      >
        {modes}
        {bar}
        {intent !== null && <IntentBar label={t("composer.cancelReply")} intent={intent} onCancel={onCancel} />}
        <TrayList tray={tray} />
      </Field>
      {/* Beside the form: what is submitted in them is not a message. */}
      {replies.dialogs}
      {later.dialog}
    </>
  );
}

/** The text of an edit is beside the draft of a new message, and outlives the page as well. */
function EditForm({ chatId, edit, onSend, onCancel }: ComposerProps & { readonly edit: DraftEdit }) {
  const { drafts } = useInbox();
  const { message, text } = edit;
  return (
    <Field
      text={text}
      caret={[text.length, text.length]}
      placeholder={t("composer.placeholder")}
      canSend={!isBlank(text)}
      onChange={(value) => drafts.change(chatId, { edit: { message, text: value } })}
      onSubmit={onSend}
      onEscape={onCancel}
      focusKey={message.id}
      isEdit
    >
      <IntentBar label={t("composer.cancelEdit")} intent={{ kind: "edit", message }} onCancel={onCancel} />
    </Field>
  );
}
