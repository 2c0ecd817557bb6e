/** Shows which colleagues are in the open chat, and which are typing. */
import { Avatar } from "@/components/Avatar";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { useColleagues } from "./presenceContext";
import { listNames } from "./presence";
import { classes } from "@/components/classes";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import styles from "./colleagues.module.css";

const MAX_FACES = 3;

const isOrAre = (count: number) => (count === 1 ? "is" : "are");

/** The line below the title: who is typing, else who is here, before the usual text. */
export function HeadLine({ chatId, usual }: { readonly chatId: number; readonly usual: string }) {
  const { here, typing } = useColleagues(chatId);
  if (typing.length > 0) {
    return <p className={styles.typing} data-testid="thread-typing">{`${listNames(typing)} ${isOrAre(typing.length)} typing…`}</p>;
  }
  if (here.length === 0) return <p>{usual}</p>;
  return <p data-testid="thread-here">{`${listNames(here)} ${isOrAre(here.length)} here too · ${usual}`}</p>;
}

export function Faces({ chatId }: { readonly chatId: number }) {
  const { here } = useColleagues(chatId);
  if (here.length === 0) return null;
  return (
    <span className={styles.faces} role="img" aria-label={`${listNames(here)} ${isOrAre(here.length)} here too`} data-testid="thread-faces">
      {here.slice(0, MAX_FACES).map(({ user_id, name }) => (
        <Avatar key={user_id} name={name} size="small" />
      ))}
    </span>
  );
}

/** Warns that a colleague is already answering. */
export function Collision({ chatId }: { readonly chatId: number }) {
  const { typing } = useColleagues(chatId);
  return (
    <div role="status" aria-live="polite">
      {typing.length > 0 && (
        <p className={styles.collision} data-testid="thread-collision">
          <Icon name="edit" size={15} />
          <Text>{`${listNames(typing)} ${isOrAre(typing.length)} answering here right now.`}</Text>
        </p>
      )}
    </div>
  );
}

/** The preview of a chat in the list, or who is typing in it. */
export function Preview({ chatId, text }: { readonly chatId: number; readonly text: string }) {
  const { typing } = useColleagues(chatId);
  if (typing.length === 0) return <span className={chatRowStyles.preview} data-testid="chat-preview">{text}</span>;
  return (
    <span className={classes(chatRowStyles.preview, chatRowStyles.typing)} data-testid="chat-typing">
      {`${listNames(typing)} ${isOrAre(typing.length)} typing…`}
    </span>
  );
}
