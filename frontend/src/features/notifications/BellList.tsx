/** The list behind the bell: each line leads to its chat, and all can be marked as read. */
import { useNavigate } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Popover } from "@/components/Popover";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text, Time } from "@/components/Text";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { formatListTime } from "@/lib/time";
import type { Notification } from "@/types/wire";
import { describeKind, describeLine } from "@/lib/notifications/lines";
import { useNotifications, useReadNotifications } from "@/lib/notifications/notifications";
import styles from "./bell.module.css";

/** As in the stylesheets. */
const PHONE = "(width <= 40rem)";

interface BellListProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function BellList({ anchor, onClose }: BellListProps) {
  const read = useReadNotifications();
  const unread = useNotifications().data?.unread ?? 0;
  const side = window.matchMedia(PHONE).matches ? "above" : "beside";
  return (
    <Popover anchor={anchor} label={t("notifications.title")} role="dialog" side={side} onClose={onClose}>
      <div className={styles.list}>
        <div className={styles.head}>
          <h2>{t("notifications.title")}</h2>
          {unread > 0 && <Button onClick={() => void read({ all: true }).catch(() => undefined)}>{t("notifications.readAll")}</Button>}
        </div>
        <Lines onClose={onClose} />
      </div>
    </Popover>
  );
}

function Lines({ onClose }: Pick<BellListProps, "onClose">) {
  const { data, error, refetch } = useNotifications();
  if (data === undefined && error !== null) {
    return <ErrorState title={t("notifications.failed")} message={describeError(error)} onRetry={() => void refetch()} />;
  }
  if (data === undefined) {
    return (
      <Loading label={t("app.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (data.items.length === 0) {
    return (
      <EmptyState icon="unmute" title={t("notifications.empty.title")}>
        {t("notifications.empty.text")}
      </EmptyState>
    );
  }
  return (
    <ul className={styles.lines}>
      {data.items.map((line) => (
        <li key={line.id}>
          <Line line={line} onClose={onClose} />
        </li>
      ))}
    </ul>
  );
}

function Line({ line, onClose }: { readonly line: Notification } & Pick<BellListProps, "onClose">) {
  const navigate = useNavigate();
  const read = useReadNotifications();
  const { title, body, path } = describeLine(line);
  const open = () => {
    onClose();
    if (line.read_at === null) void read({ ids: [line.id] }).catch(() => undefined);
    navigate(path);
  };
  return (
    <button type="button" className={classes(styles.line, line.read_at === null && styles.unread)} onClick={open} data-testid="bell-line">
      <span className={styles.top}>
        <bdi className={styles.title}>{title}</bdi>
        <Time at={line.at}>{formatListTime(line.at)}</Time>
      </span>
      <span className={styles.kind}>
        <Text>{describeKind(line.kind)}</Text>
        {line.actor !== null && <bdi translate="no">{` · ${line.actor.name}`}</bdi>}
      </span>
      {body !== describeKind(line.kind) && <bdi className={styles.body}>{body}</bdi>}
    </button>
  );
}
