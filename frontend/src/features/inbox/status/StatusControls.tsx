/** Who has the open chat and how it stands, with the buttons that change both. */
import { Avatar } from "@/components/Avatar";
import { Button, IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import { isolate } from "@/lib/texts";
import { formatMoment } from "@/lib/time";
import type { Chat } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import { close, reopen } from "./stateActions";
import { useStatusActions } from "./statusContext";
import styles from "./status.module.css";

/** Most chats have none. */
const TargetBadge = lazyPart(async () => (await import("@/features/inbox/targets/TargetMark")).TargetBadge, { isExtra: true });

interface StatusControlsProps {
  readonly chat: Chat;
  readonly canAct: boolean;
}

export function StatusControls({ chat, canAct }: StatusControlsProps) {
  if (chat.kind === "channel") return null;
  return (
    <div className={styles.controls} data-testid="chat-state" data-status={chat.status}>
      <Standing chat={chat} />
      {chat.target !== null && <TargetBadge target={chat.target} />}
      <OwnerButton chat={chat} canAct={canAct} />
      {canAct && <StatusButtons chat={chat} />}
    </div>
  );
}

function Standing({ chat }: { readonly chat: Chat }) {
  if (chat.status === "open") return null;
  const text = chat.snoozed_until === null ? t("status.closed") : t("status.snoozedUntil", { time: formatMoment(chat.snoozed_until) });
  return (
    <span className={styles.standing} title={text} data-testid="chat-standing">
      <Icon name={chat.status === "closed" ? "done" : "snooze"} size={15} />
      <Text>{text}</Text>
    </span>
  );
}

function OwnerButton({ chat, canAct }: StatusControlsProps) {
  const { ask } = useStatusActions();
  const { userId } = useInbox();
  const { assignee, team } = chat;
  const owner = assignee ?? team;
  const name = owner === null ? t("status.unassigned") : assignee?.id === userId ? t("status.mine") : owner.name;
  return (
    <button type="button" className={classes(styles.owner, owner === null && styles.free)} disabled={!canAct} title={t("status.ownerLabel", { name: isolate(name) })} onClick={() => ask({ kind: "assign", chat })} data-testid="chat-owner">
      {assignee === null ? <Icon name={team === null ? "assign" : "people"} size={18} /> : <Avatar name={assignee.name} size="small" />}
      <span className="visually-hidden">{t("status.owner")}</span>
      <span className={styles.ownerName}>{name}</span>
    </button>
  );
}

function StatusButtons({ chat }: { readonly chat: Chat }) {
  const { run, ask } = useStatusActions();
  const isClosed = chat.status === "closed";
  return (
    <>
      {!isClosed && (
        <IconButton label={t("status.snooze")} keys="H" onClick={() => ask({ kind: "snooze", chat })} data-testid="chat-snooze">
          <Icon name="snooze" />
        </IconButton>
      )}
      {chat.status === "open" ? (
        <Button size="small" className={styles.finish} aria-keyshortcuts="E" onClick={() => run(chat, close())} data-testid="chat-finish">
          <Icon name="done" size={16} />
          <Text>{t("status.close")}</Text>
        </Button>
      ) : (
        <Button size="small" className={styles.finish} aria-keyshortcuts={isClosed ? "E" : undefined} onClick={() => run(chat, reopen())} data-testid="chat-reopen">
          <Icon name="reopen" size={16} />
          <Text>{t("status.reopen")}</Text>
        </Button>
      )}
    </>
  );
}
