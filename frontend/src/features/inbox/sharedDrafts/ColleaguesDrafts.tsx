/** At the foot of a thread: what colleagues are writing there and share, to be taken into one's own message. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { useInbox } from "@/features/inbox/context";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import type { SharedDraft } from "@/types/wire";
import { useSharedDrafts } from "./sharedDraftsContext";
import styles from "./colleagues-drafts.module.css";

interface ColleaguesDraftsProps {
  readonly accountId: number;
  readonly chatId: number;
}

/** Behind what is already written. */
function useTake({ accountId, chatId }: ColleaguesDraftsProps) {
  const { drafts } = useInbox();
  return ({ text }: SharedDraft) => {
    const own = drafts.read(chatId).text;
    const joined = own.trim() === "" ? text : `${own}\n\n${text}`;
    drafts.change(chatId, { accountId, text: joined, caret: [joined.length, joined.length] });
  };
}

export function ColleaguesDrafts(props: ColleaguesDraftsProps) {
  const shared = useSharedDrafts(props.chatId);
  const take = useTake(props);
  if (shared.length === 0) return null;
  return (
    <ul className={styles.drafts} aria-label={t("composer.shared.label")}>
      {shared.map((draft) => (
        <li key={draft.user.id} className={styles.draft} data-testid="shared-draft">
          <span className={styles.who}>
            <Icon name="edit" size={15} />
            <Text>{t("composer.shared.by", { name: isolate(draft.user.name) })}</Text>
          </span>
          <span className={styles.words} dir="auto"><Text>{draft.text}</Text></span>
          <Button size="small" onClick={() => take(draft)} aria-label={t("composer.shared.useOf", { name: isolate(draft.user.name) })} data-testid="shared-draft-use">
            {t("composer.shared.use")}
          </Button>
        </li>
      ))}
    </ul>
  );
}
