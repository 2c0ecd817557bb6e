/** The labels in the head of a thread, where there is room; the details have them in any case. */
import type { Chat } from "@/types/wire";
import { ChatLabels } from "./LabelChip";
import styles from "./head-labels.module.css";

const AT_MOST = 3;

export function HeadLabels({ chat }: { readonly chat: Chat }) {
  return (
    <span className={styles.head}>
      <ChatLabels chat={chat} atMost={AT_MOST} />
    </span>
  );
}
