/** One quiet line between messages: what a user did with the chat, or the beginning of a conversation. */
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatClock } from "@/lib/time";
import { useInbox } from "@/features/inbox/context";
import { describeActivity } from "@/features/inbox/status/activityText";
import type { Activity } from "@/types/wire";
import styles from "./message-list.module.css";

export function ActivityLine({ activity }: { readonly activity: Activity }) {
  const { userId } = useInbox();
  return (
    <p className={styles.activity} data-testid="thread-activity">
      <Text>{describeActivity(activity, userId)}</Text>
      <Time at={activity.at}>{formatClock(activity.at)}</Time>
    </p>
  );
}

export function ConversationLine({ at }: { readonly at: string }) {
  return (
    <p className={styles.activity} data-testid="thread-conversation">
      <Text>{t("thread.newConversation")}</Text>
      <Time at={at}>{formatClock(at)}</Time>
    </p>
  );
}
