/** Shows which colleagues are in the open chat, and which are typing. */
import { Avatar } from "@/components/Avatar";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import type { Colleague } from "@/lib/socket/userSchemas";
import { useColleagues } from "./presenceContext";
import { listNames } from "./presence";
import styles from "./colleagues.module.css";

const MAX_FACES = 3;

/** The values of a sentence about them. */
const say = (colleagues: readonly Colleague[]) => ({ names: listNames(colleagues), count: colleagues.length });

/** The line below the title: who is typing, else who is here, before the usual text. */
export function HeadLine({ chatId, usual }: { readonly chatId: number; readonly usual: string }) {
  const { here, typing } = useColleagues(chatId);
  if (typing.length > 0) {
    return <p className={styles.typing} data-testid="thread-typing">{t("thread.replying", say(typing))}</p>;
  }
  if (here.length === 0) return <p>{usual}</p>;
  return <p data-testid="thread-here">{`${t("thread.viewing", say(here))} · ${usual}`}</p>;
}

export function Faces({ chatId }: { readonly chatId: number }) {
  const { here } = useColleagues(chatId);
  if (here.length === 0) return null;
  return (
    <span className={styles.faces} role="img" aria-label={t("thread.viewing", say(here))} data-testid="thread-faces">
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
          <Text>{t("thread.replying", say(typing))}</Text>
        </p>
      )}
    </div>
  );
}
