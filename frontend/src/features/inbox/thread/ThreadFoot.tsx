/** The composer of the open chat, and above it what just went wrong. */
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { useMayOnlyRead } from "@/lib/rights";
import { Composer } from "@/features/inbox/composer/Composer";
import { Collision } from "@/features/inbox/presence/Colleagues";
import { useThread } from "./threadContext";
import composerStyles from "@/features/inbox/composer/composer.module.css";
import styles from "./thread.module.css";

export function ThreadFoot() {
  const { account, chatId, isChannel, intent, setIntent, amending, tray, send, sentence, report } = useThread();
  const mayOnlyRead = useMayOnlyRead(account);
  if (isChannel) return <p className={composerStyles.closed}>Only the channel’s admins can post here.</p>;
  const submit = (text: string) => {
    setIntent(null);
    if (intent?.kind === "edit") {
      if (text !== intent.message.body) amending.changeText(intent.message, text);
      return;
    }
    send(text, intent?.message ?? null, tray.picked.map(({ file }) => file), false);
    tray.clear();
  };
  const sendVoice = (file: File) => {
    setIntent(null);
    send("", intent?.message ?? null, [file], true);
  };
  return (
    <>
      {sentence !== null && <Sentence text={sentence} onDismiss={() => report(null)} />}
      <Collision chatId={chatId} />
      <Composer
        chatId={chatId}
        isReadOnly={mayOnlyRead}
        intent={intent}
        tray={tray}
        onSend={submit}
        onVoice={sendVoice}
        onProblem={report}
        onCancel={() => setIntent(null)}
      />
    </>
  );
}

function Sentence({ text, onDismiss }: { readonly text: string; readonly onDismiss: () => void }) {
  return (
    <p className={styles.sentence} role="alert" data-testid="thread-sentence">
      <Text>{text}</Text>
      <IconButton label="Dismiss" onClick={onDismiss}>
        <Icon name="close" size={16} />
      </IconButton>
    </p>
  );
}
