/** The rows of one day, under its name, which stays in view while they scroll. */
import { Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatDay } from "@/lib/time";
import { NoteCard, PendingNoteCard } from "@/features/inbox/notes/NoteCard";
import type { InternalItem } from "./internalItems";
import { MessageBubble } from "@/features/inbox/thread/bubble/MessageBubble";
import { ActivityLine, ConversationLine } from "./ThreadLine";
import type { Day, UnreadLine } from "@/features/inbox/thread/scroll/threadRows";
import styles from "./message-list.module.css";

interface DaySectionProps {
  readonly day: Day;
  readonly isGroup: boolean;
  readonly unread: UnreadLine | null;
  /** The only row whose menu is a tab stop. */
  readonly stop: string | undefined;
}

export function DaySection({ day, isGroup, unread, stop }: DaySectionProps) {
  return (
    <div>
      <p className={styles.day} data-testid="thread-day">
        <Time at={day.at}>{formatDay(day.at)}</Time>
      </p>
      {day.rows.map((row) => {
        if ("item" in row) return <ItemRow key={row.item.key} item={row.item} isStop={row.item.key === stop} />;
        const { bubble, isContinued } = row;
        return (
          <div key={bubble.key} data-row={bubble.key} className={bubble.pending === null ? undefined : styles.risen}>
            {unread?.key === bubble.key && <UnreadDivider count={unread.count} />}
            <MessageBubble bubble={bubble} isContinued={isContinued} hasName={isGroup} isStop={bubble.key === stop} />
          </div>
        );
      })}
    </div>
  );
}

function ItemRow({ item, isStop }: { readonly item: InternalItem; readonly isStop: boolean }) {
  return (
    <div data-row={item.key} className={item.isUnsent ? styles.risen : undefined}>
      <Shown item={item} isStop={isStop} />
    </div>
  );
}

function Shown({ item: { shown, orderedAt }, isStop }: { readonly item: InternalItem; readonly isStop: boolean }) {
  switch (shown.kind) {
    case "note":
      return <NoteCard note={shown.note} isStop={isStop} />;
    case "unsentNote":
      return <PendingNoteCard pending={shown.pending} />;
    case "activity":
      return <ActivityLine activity={shown.activity} />;
    case "conversation":
      return <ConversationLine at={orderedAt} />;
  }
}

function UnreadDivider({ count }: { readonly count: number }) {
  return (
    <p className={styles.unread} data-testid="thread-unread">
      <span>{t("thread.unread", { count })}</span>
    </p>
  );
}
