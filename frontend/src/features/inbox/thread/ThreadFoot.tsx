/** The composer of the open chat, for a message or a note, or why it is closed, and above it what just went wrong. */
import type { ReactElement } from "react";
import { Button, IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { AccountNotice } from "@/features/inbox/chats/AccountNotice";
import { Composer } from "@/features/inbox/composer/Composer";
import { useWaitForOutbox } from "@/features/inbox/composer/drafts/useWaitForOutbox";
import { splitParts } from "@/features/inbox/composer/files/parts";
import { composedFiles } from "@/features/inbox/composer/files/tray";
import { ObstacleNotice, useObstacle } from "@/features/inbox/composer/Obstacle";
import { lazyPart } from "@/lib/lazyPart";
import { useReadInView } from "@/lib/notifications/notifications";
import { useInbox } from "@/features/inbox/context";
import { PlannedList } from "@/features/inbox/planned/PlannedList";
import { usePlan } from "@/features/inbox/planned/usePlan";
import { ColleaguesDrafts } from "@/features/inbox/sharedDrafts/ColleaguesDrafts";
import { Collision } from "@/features/inbox/presence/Colleagues";
import { close } from "@/features/inbox/status/stateActions";
import { useStatusActions } from "@/features/inbox/status/statusContext";
import { NoteComposer } from "@/features/inbox/notes/NoteComposer";
import { WritingModes } from "@/features/inbox/notes/WritingModes";
import { HeldNotice } from "./HeldNotice";
import { canEdit } from "./bubble/allowed";
import { useThread } from "./threadContext";
import styles from "./thread.module.css";

const OutsideHours = lazyPart(async () => (await import("@/features/inbox/composer/OutsideHours")).OutsideHours, { isExtra: true });

/** Sends what was composed, and empties the draft. */
function useSubmit() {
  const { chat, chatId, intent, setIntent, amending, tray, send, report } = useThread();
  const { drafts, store } = useInbox();
  const waitForOutbox = useWaitForOutbox(store.outbox, () => drafts.read(chatId).text);
  const quoted = intent?.kind === "reply" ? intent.message : null;
  const { run } = useStatusActions();
  /** Resolves once everything was tried. */
  const sendAll = async (text: string) => {
    if (!store.outbox.isAttached && !(await waitForOutbox())) return false;
    const parts = splitParts(text, composedFiles(tray.items));
    const sent = parts.map(({ text: words, file, isVoice }, index) => send(words, index === 0 ? quoted : null, file === null ? [] : [file], isVoice));
    tray.dismiss();
    drafts.dropSent(chatId);
    return (await Promise.all(sent)).every((isSent) => isSent);
  };
  const submitAndClose = async (text: string) => {
    const isSent = await sendAll(text);
    if (chat === undefined) return;
    if (isSent) run(chat, close());
    else report(t("status.unsent"));
  };
  const submit = (text: string) => {
    if (intent?.kind === "edit") {
      setIntent(null);
      if (text !== intent.message.body) amending.changeText(intent.message, text);
      return;
    }
    void sendAll(text);
  };
  const sendVoice = (file: File) => {
    setIntent(null);
    void send("", quoted, [file], true);
  };
  return { submit, submitAndClose: (text: string) => void submitAndClose(text), sendVoice };
}

/** Edits the last own message, as long as WhatsApp accepts it. */
function useEditLast(): (() => void) | undefined {
  const { messages, setIntent } = useThread();
  const last = messages.bubbles?.findLast(({ direction, isEvent, isDeleted }) => direction === "out" && !isEvent && !isDeleted)?.message;
  if (!last) return undefined;
  return () => {
    if (canEdit(last)) setIntent({ kind: "edit", message: last });
  };
}

function usePlanned() {
  const { account, chatId, intent, report } = useThread();
  return usePlan(account.id, chatId, intent?.kind === "reply" ? intent.message.id : null, report);
}

function Planned() {
  const { account, chatId, actions, report } = useThread();
  return <PlannedList accountId={account.id} chatId={chatId} canAct={actions.canAct} onProblem={report} />;
}

/** The composer, and above it what waits. */
function Writing({ modes }: { readonly modes: ReactElement | false }) {
  const { account, chat, chatId, intent, setIntent, tray, held, report } = useThread();
  const { submit, submitAndClose, sendVoice } = useSubmit();
  const plan = usePlanned();
  const editLast = useEditLast();
  return (
    <>
      <Collision chatId={chatId} />
      <Planned />
      {chat?.kind === "direct" && account.hours_changed_at !== null && <OutsideHours account={account} />}
      <ColleaguesDrafts accountId={account.id} chatId={chatId} />
      {held !== null && <HeldNotice held={held} />}
      <Composer
        accountId={account.id}
        chatId={chatId}
        modes={modes}
        intent={intent}
        tray={tray}
        held={held}
        onSend={submit}
        onSendAndClose={submitAndClose}
        onVoice={sendVoice}
        onPlan={plan}
        onProblem={report}
        onCancel={() => setIntent(null)}
        onEditLast={editLast}
      />
    </>
  );
}

export function ThreadFoot() {
  const { account, chatId, isChannel, actions, noting, sentence, report } = useThread();
  useReadInView(chatId);
  const obstacle = useObstacle(account, isChannel);
  const isDown = obstacle?.kind === "down";
  const modes = actions.canAct && <WritingModes isNote={noting.isOpen} onChoose={(isNote) => (isNote ? noting.open() : noting.close())} />;
  return (
    <>
      {sentence !== null && <Sentence text={sentence} onDismiss={() => report(null)} />}
      <AccountNotice account={account} className={classes(styles.notice, isDown && styles.foot)} />
      {noting.isOpen && actions.canAct ? (
        <NoteComposer modes={modes} />
      ) : obstacle === null ? (
        <Writing modes={modes} />
      ) : (
        <ObstacleNotice obstacle={obstacle} chatId={chatId}>
          {actions.canAct && <WriteNote onPress={noting.open} />}
        </ObstacleNotice>
      )}
    </>
  );
}

/** Where nothing can be sent. */
function WriteNote({ onPress }: { readonly onPress: () => void }) {
  return (
    <Button size="small" onClick={onPress} data-testid="mode-note">
      {t("commands.name.note")}
    </Button>
  );
}

function Sentence({ text, onDismiss }: { readonly text: string; readonly onDismiss: () => void }) {
  return (
    <p className={styles.sentence} role="alert" data-testid="thread-sentence">
      <Text>{text}</Text>
      <IconButton label={t("composer.dismiss")} onClick={onDismiss}>
        <Icon name="close" size={16} />
      </IconButton>
    </p>
  );
}
