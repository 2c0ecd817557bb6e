/** A note between the messages of a thread: stored, deleted, or on its way. */
import { memo, useRef, useState, type RefObject } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { MenuItem } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { Text, Time } from "@/components/Text";
import { classes } from "@/components/classes";
import { useInbox } from "@/features/inbox/context";
import type { Pending } from "@/features/inbox/data/pending";
import { useLongPress } from "@/features/inbox/thread/bubble/longPress";
import { useThread } from "@/features/inbox/thread/threadContext";
import { t } from "@/i18n/translate";
import { useCan, useMe } from "@/lib/rights";
import { firstShown } from "@/lib/texts";
import { formatClock, formatExact } from "@/lib/time";
import type { Note } from "@/types/wire";
import { splitNote, type Named } from "./noteText";
import { isEditable, isWrittenBy } from "./useNoting";
import styles from "./note.module.css";

export const NoteCard = memo(function NoteCard({ note, isStop }: { readonly note: Note; readonly isStop: boolean }) {
  const button = useRef<HTMLButtonElement>(null);
  const press = useLongPress(() => button.current?.click());
  const userId = useMe().data?.user.id;
  const isMine = isWrittenBy(note, userId);
  const name = isMine ? t("notes.card.you") : (firstShown(note.author.name) ?? t("notes.card.unknown"));
  const isForMe = note.mentions.some(({ id }) => id === userId);
  const isDeleted = note.deleted_at !== null;
  return (
    <div className={styles.row}>
      <article className={classes(styles.card, isForMe && styles.forMe)} aria-label={t("notes.card.by", { name })} data-testid="note" data-note-id={note.id} {...press}>
        <Head name={name} at={note.created_at} isEdited={note.edited_at !== null && !isDeleted} />
        {isDeleted ? <Deleted /> : <Body body={note.body} mentions={note.mentions} ownId={userId} />}
        <NoteMenu note={note} button={button} userId={userId} isStop={isStop} />
      </article>
    </div>
  );
});

interface HeadProps {
  readonly name: string;
  readonly at: string;
  readonly isEdited: boolean;
}

function Head({ name, at, isEdited }: HeadProps) {
  return (
    <p className={styles.head}>
      <Icon name="note" size={14} />
      <bdi className={styles.author} translate="no">{name}</bdi>
      {isEdited && <span data-testid="note-edited">{t("messages.meta.edited")}</span>}
      <Time at={at} title={formatExact(at)}>{formatClock(at)}</Time>
    </p>
  );
}

interface BodyProps {
  readonly body: string;
  readonly mentions: readonly Named[];
  readonly ownId: number | undefined;
}

function Body({ body, mentions, ownId }: BodyProps) {
  return (
    <p key={body} className={styles.body} dir="auto" data-testid="note-body">
      {splitNote(body, mentions).map(({ text, href, userId }, index) => {
        if (userId !== null) return <bdi key={index} className={classes(styles.mention, userId === ownId && styles.ownMention)} translate="no">{text}</bdi>;
        if (href === null) return <span key={index}>{text}</span>;
        return <a key={index} href={href} target="_blank" rel="noreferrer noopener" translate="no">{text}</a>;
      })}
    </p>
  );
}

function Deleted() {
  return (
    <p className={styles.deleted} data-testid="note-deleted">
      <Icon name="trash" size={15} />
      <Text>{t("notes.deleted.line")}</Text>
    </p>
  );
}

interface NoteMenuProps {
  readonly note: Note;
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly userId: number | undefined;
  /** The only menu of the thread that is a tab stop. */
  readonly isStop: boolean;
}

function NoteMenu({ note, button, userId, isStop }: NoteMenuProps) {
  const { actions, noting } = useThread();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const mayDelete = useMayDelete(isWrittenBy(note, userId));
  if (note.deleted_at !== null) return null;
  const choose = (action: () => void) => () => {
    setAnchor(null);
    action();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.menu}
        aria-label={t("notes.menu.open")}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        tabIndex={isStop ? 0 : -1}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="note-menu"
      >
        <Icon name="chevron" size={16} />
      </button>
      {anchor !== null && (
        <Popover anchor={anchor} label={t("notes.menu.title")} onClose={() => setAnchor(null)}>
          <MenuItem icon="copy" onSelect={choose(() => actions.copy(note.body))} testId="note-copy">{t("messages.menu.copy")}</MenuItem>
          {actions.canAct && isEditable(note, userId) && (
            <MenuItem icon="edit" onSelect={choose(() => noting.edit(note))} testId="note-edit">{t("messages.menu.edit")}</MenuItem>
          )}
          {actions.canAct && mayDelete && (
            <MenuItem icon="trash" tone="danger" onSelect={choose(() => noting.remove(note))} testId="note-delete">{t("notes.menu.delete")}</MenuItem>
          )}
        </Popover>
      )}
    </>
  );
}

/** Admins manage the users of the team. */
function useMayDelete(isMine: boolean): boolean {
  return useCan()("manage_people") || isMine;
}

/** Not stored yet: it is retried by itself, unless it was refused. */
export const PendingNoteCard = memo(function PendingNoteCard({ pending }: { readonly pending: Pending }) {
  const { notes } = useInbox();
  const { clientId, error, waiting } = pending;
  const problem = error ?? waiting ?? null;
  return (
    <div className={styles.row}>
      <article className={classes(styles.card, styles.pending)} aria-label={t("notes.card.by", { name: t("notes.card.you") })} data-testid="note" data-pending="">
        <Head name={t("notes.card.you")} at={pending.createdAt} isEdited={false} />
        <Body body={pending.text} mentions={pending.note?.mentions ?? []} ownId={undefined} />
      </article>
      {problem !== null && (
        <div className={styles.problem} role={error === null ? "status" : "alert"} data-testid="note-problem">
          <Text>{problem}</Text>
          <Button size="small" tone="quiet" onClick={() => void notes.outbox.retry(clientId)}>{t("messages.failed.retry")}</Button>
          <Button size="small" tone="quiet" onClick={() => notes.outbox.discard(clientId)}>{t("messages.failed.delete")}</Button>
        </div>
      )}
    </div>
  );
});
