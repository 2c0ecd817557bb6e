/** Says what others did with a chat meanwhile, and offers to change it all the same. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import { formatClock } from "@/lib/time";
import type { Chat } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { useInbox } from "@/features/inbox/context";
import { describeActivity } from "@/features/inbox/status/activityText";
import type { StateAction } from "@/features/inbox/status/stateActions";
import type { StatusQuestion } from "@/features/inbox/status/statusContext";
import styles from "@/features/inbox/status/status.module.css";

interface ChangedDialogProps {
  readonly question: Extract<StatusQuestion, { readonly kind: "changed" }>;
  readonly onChoose: (action: StateAction) => void;
  readonly onClose: () => void;
}

export function ChangedDialog({ question, onChoose, onClose }: ChangedDialogProps) {
  const { chat, action, activities } = question;
  const { userId } = useInbox();
  return (
    <Dialog title={t("status.changed.title", { name: isolate(nameChat(chat)) })} onClose={onClose}>
      <ul className={styles.changes} data-testid="status-changed">
        {activities.toReversed().map((activity) => (
          <li key={activity.id}>
            <Text>{describeActivity(activity, userId)}</Text>
            <Time at={activity.at}>{formatClock(activity.at)}</Time>
          </li>
        ))}
        {activities.length === 0 && <li>{nowOf(chat)}</li>}
      </ul>
      <DialogButtons>
        <Button onClick={onClose} data-testid="status-leave">{t("status.changed.leave")}</Button>
        <Button tone="primary" onClick={() => onChoose(action)} data-testid="status-anyway">
          {t("status.changed.anyway")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

/** Who answers a free chat has it. */
const nowOf = ({ assignee }: Chat): string => (assignee === null ? t("status.changed.other") : t("status.changed.owner", { name: isolate(assignee.name) }));
