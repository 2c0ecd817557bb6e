/** Notes found by a search: each leads to the message that it follows. */
import { Link, useLocation } from "@/lib/navigation";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import { formatExact, formatListTime } from "@/lib/time";
import type { FoundNote } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { anchorOf } from "@/features/inbox/thread/scroll/anchor";
import type { FoundState } from "@/features/inbox/thread/scroll/useFoundWords";
import { excerpt } from "./highlight";
import { Marked } from "./Marked";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import styles from "./search.module.css";

export function FoundNotes({ notes, wanted }: { readonly notes: readonly FoundNote[]; readonly wanted: string }) {
  return notes.map((note) => <NoteResult key={note.id} note={note} wanted={wanted} />);
}

function NoteResult({ note, wanted }: { readonly note: FoundNote; readonly wanted: string }) {
  const { search } = useLocation();
  const anchor = note.message_id === null ? "" : anchorOf(note.message_id);
  const title = formatPhoneOrNull(firstShown(note.chat_title)) ?? t("search.unknown");
  const author = firstShown(note.author.name);
  return (
    <Link className={styles.foundMessage} to={`/inbox/${note.account_id}/${note.chat_id}${search}${anchor}`} state={{ found: wanted } satisfies FoundState} data-testid="search-note">
      <ContactAvatar accountId={note.account_id} name={title} avatar={note.chat_avatar} isGroup={note.chat_kind !== "direct"} />
      <span className={styles.foundWords}>
        <span className={chatRowStyles.top}>
          <span className={chatRowStyles.title} translate="no">
            {title}
          </span>
          <Time className={chatRowStyles.time} at={note.created_at} title={formatExact(note.created_at)}>
            {formatListTime(note.created_at)}
          </Time>
        </span>
        <span className={styles.foundText} dir="auto">
          {author !== null && <Text>{`${author}: `}</Text>}
          <Marked parts={excerpt(note.body, wanted)} />
        </span>
      </span>
    </Link>
  );
}
