/** The contacts, chats, notes and messages that a search finds, in the place of the list. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState, type KeyboardEvent } from "react";
import { Link, useLocation } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Loading } from "@/components/States";
import { Text, Time, type Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown, isolate } from "@/lib/texts";
import { formatExact, formatListTime } from "@/lib/time";
import type { Account, Chat, Found, FoundMessage } from "@/types/wire";
import { nameAttachment } from "@/features/inbox/attachments/attachments";
import { anchorOf } from "@/features/inbox/thread/scroll/anchor";
import { ChatRow } from "@/features/inbox/chats/ChatRow";
import { ChatSkeletons } from "@/features/inbox/chats/ChatList";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { FoundNotes } from "./FoundNotes";
import { FoundContacts } from "./FoundContacts";
import { excerpt, highlightName } from "./highlight";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { Marked } from "./Marked";
import { noteSearch } from "./recentSearches";
import { focusSearch, useSearch } from "./searchContext";
import { hasFilters, isAsked, NOTHING, queryOf, type Wanted } from "./searchQuery";
import type { FoundState } from "@/features/inbox/thread/scroll/useFoundWords";
import { plainText } from "@/features/inbox/messages/parseMessage";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import chatListStyles from "@/features/inbox/chats/chat-list.module.css";
import styles from "./search.module.css";

const PAUSE_MS = 250;

/** The text after typing pauses; filters count immediately. */
function useSettled(wanted: Wanted): Wanted {
  const [text, setText] = useState(wanted.text.trim());
  useEffect(() => {
    const timer = setTimeout(() => setText(wanted.text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted.text]);
  return { ...wanted, text };
}

function useFound(wanted: Wanted) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["search", wanted],
    queryFn: ({ pageParam, signal }): Promise<Found> => api.search(queryOf(wanted), pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: isAsked(wanted),
    // Results age immediately: every search is a new request.
    staleTime: 0,
    gcTime: 0,
  });
}

/** Arrow keys move over all results. */
function walkFound(event: KeyboardEvent<HTMLElement>): void {
  const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (direction === undefined) return;
  event.preventDefault();
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("a, button")];
  const next = links[links.indexOf(document.activeElement as HTMLElement) + direction];
  (next ?? (direction < 0 ? document.querySelector<HTMLElement>("[role=search] input") : null))?.focus();
}

interface SearchResultsProps {
  readonly userId: number | null;
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
}

export function SearchResults({ userId, accounts, selectedId }: SearchResultsProps) {
  const { wanted } = useSearch();
  const { text } = wanted;
  const query = useFound(useSettled(wanted));
  const pages = query.data?.pages;
  if (query.isError && pages === undefined) {
    return <ErrorState title={t("search.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />;
  }
  const first = pages?.[0];
  if (pages === undefined || first === undefined) return <ChatSkeletons />;
  const messages = pages.flatMap((page) => page.messages);
  // Contacts whose chat is already listed above are left out.
  const listed = new Set(first.chats.map((chat) => chat.id));
  const others = first.people.filter(({ chat_id }) => chat_id === null || !listed.has(chat_id));
  const count = first.chats.length + others.length + first.notes.length + messages.length;
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the links are the controls; this only moves the focus between them and remembers the search
    <div id="search-results" className={styles.found} onKeyDown={walkFound} onClick={() => noteSearch(userId, text)} data-testid="search-results">
      <p className="visually-hidden" role="status">
        {t("search.counts", { chats: first.chats.length, people: others.length, notes: first.notes.length, messages: messages.length })}
      </p>
      {count === 0 && <Nothing isBusy={query.isFetching} />}
      <Chats chats={first.chats} accounts={accounts} selectedId={selectedId} />
      <Group title={t("search.people")} isShown={others.length > 0}>
        <FoundContacts people={others} accounts={accounts} />
      </Group>
      <Notes notes={first.notes} />
      <Group title={t("search.messages")} label={t("search.messagesFound")} isShown={messages.length > 0}>
        {messages.map((message) => (
          <MessageResult key={message.id} message={message} wanted={text} />
        ))}
      </Group>
      {query.hasNextPage && (
        <Button tone="quiet" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("search.more")}
        </Button>
      )}
      {!first.is_complete && <p className={chatListStyles.listEnd}>{t("search.indexing")}</p>}
    </div>
  );
}

function Nothing({ isBusy }: { readonly isBusy: boolean }) {
  const { wanted, change } = useSearch();
  if (isBusy) return <Loading label={t("search.searching")}><ChatSkeletons /></Loading>;
  const isFiltered = hasFilters(wanted);
  const clear = () => {
    change({ ...NOTHING, text: wanted.text });
    focusSearch();
  };
  return (
    <EmptyState icon="search" title={t("search.none")} action={isFiltered && <Button onClick={clear}>{t("search.clearFilters")}</Button>}>
      <Text>{isFiltered ? t("search.noneFiltered") : t("search.noneText", { text: isolate(wanted.text.trim()) })}</Text>
    </EmptyState>
  );
}

interface GroupProps {
  readonly title: string;
  /** For screen readers: other parts of the page are called like the title. */
  readonly label?: string;
  readonly isShown: boolean;
  readonly children: Elements;
}

function Group({ title, label = title, isShown, children }: GroupProps) {
  if (!isShown) return null;
  return (
    <section aria-label={label}>
      <h2 className={styles.foundTitle}>{title}</h2>
      {children}
    </section>
  );
}

interface ChatsProps extends Omit<SearchResultsProps, "userId"> {
  readonly chats: readonly Chat[];
}

function Chats({ chats, accounts, selectedId }: ChatsProps) {
  const { wanted } = useSearch();
  return (
    <Group title={t("search.chats")} isShown={chats.length > 0}>
      {chats.map((chat) => (
        <ChatRow
          key={chat.id}
          chat={chat}
          account={accounts.length > 1 ? accounts.find((row) => row.id === chat.account_id) : undefined}
          isSelected={chat.id === selectedId}
          found={<Marked parts={highlightName(nameChat(chat), wanted.text)} />}
        />
      ))}
    </Group>
  );
}

function Notes({ notes }: Pick<Found, "notes">) {
  const { wanted } = useSearch();
  return (
    <Group title={t("search.notes")} isShown={notes.length > 0}>
      <FoundNotes notes={notes} wanted={wanted.text} />
    </Group>
  );
}

/** What is searched in a message: its text, without formatting, and the names of its files. */
function textOf(message: FoundMessage): string {
  const names = message.attachments.map((attachment) => attachment.file_name ?? "").join(" ");
  const text = `${plainText(message.body ?? "", message.mentions)} ${names}`.trim();
  const [first] = message.attachments;
  return text === "" && first !== undefined ? nameAttachment(first) : text;
}

function MessageResult({ message, wanted }: { readonly message: FoundMessage; readonly wanted: string }) {
  const { search } = useLocation();
  const to = `/inbox/${message.account_id}/${message.chat_id}${search}${anchorOf(message.id)}`;
  const title = formatPhoneOrNull(firstShown(message.chat_title)) ?? t("search.unknown");
  const sender = message.direction === "out" ? t("search.you") : message.chat_kind === "group" ? nameSender(message) : null;
  return (
    <Link className={styles.foundMessage} to={to} state={{ found: wanted } satisfies FoundState} data-testid="search-message">
      <ContactAvatar accountId={message.account_id} name={title} avatar={message.chat_avatar} isGroup={message.chat_kind !== "direct"} />
      <span className={styles.foundWords}>
        <span className={chatRowStyles.top}>
          <span className={chatRowStyles.title} translate="no" data-testid="chat-title">
            {title}
          </span>
          <Time className={chatRowStyles.time} at={message.sent_at} title={formatExact(message.sent_at)}>
            {formatListTime(message.sent_at)}
          </Time>
        </span>
        <span className={styles.foundText} dir="auto">
          {sender !== null && <Text>{`${sender} `}</Text>}
          <Marked parts={excerpt(textOf(message), wanted)} />
        </span>
      </span>
    </Link>
  );
}

function nameSender({ sender }: FoundMessage): string | null {
  const name = formatPhoneOrNull(firstShown(sender?.name, sender?.phone));
  return name === null ? null : `${name}:`;
}
