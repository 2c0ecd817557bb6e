/** Searches contacts, chats and messages in all accounts: the field above the list, and the results in the list's place. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Link, useLocation } from "react-router";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { EmptyState, ErrorState, Loading } from "@/components/States";
import { Exact, Text, Time, type Elements } from "@/components/Text";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { keyOf } from "@/lib/keys";
import { firstShown } from "@/lib/texts";
import { formatListTime } from "@/lib/time";
import type { Account, Chat, Found, FoundMessage } from "@/types/wire";
import { anchorOf } from "@/features/inbox/thread/anchor";
import { ChatRow } from "@/features/inbox/chats/ChatRow";
import { ChatSkeletons } from "@/features/inbox/chats/ChatList";
import { FoundContacts } from "./FoundContacts";
import { excerpt } from "./highlight";
import { shownBody } from "@/features/inbox/thread/mentions";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import chatListStyles from "@/features/inbox/chats/chat-list.module.css";
import styles from "./search.module.css";

const PAUSE_MS = 250;

interface SearchFieldProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Escape clears the field; the down arrow moves to the results. */
export function SearchField({ text, onChange }: SearchFieldProps) {
  const field = useRef<HTMLInputElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keyOf(event);
    if (key === "Escape" && text !== "") onChange("");
    else if (key === "ArrowDown") document.querySelector<HTMLElement>("#search-results a, #search-results button, #chat-list a")?.focus();
    else return;
    event.preventDefault();
  };
  const clear = () => {
    onChange("");
    field.current?.focus();
  };
  return (
    <div className={styles.search} role="search">
      <Icon name="search" size={18} />
      <input
        ref={field}
        type="text"
        value={text}
        maxLength={100}
        placeholder="Search"
        aria-label="Search contacts, chats and messages"
        autoComplete="off"
        enterKeyHint="search"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        data-testid="search"
      />
      {text !== "" && (
        <IconButton label="Clear the search" onClick={clear}>
          <Icon name="close" size={16} />
        </IconButton>
      )}
    </div>
  );
}

/** The text after typing pauses. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function useFound(text: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["search", text],
    queryFn: ({ pageParam, signal }): Promise<Found> => api.search(text, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
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
  readonly text: string;
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
}

export function SearchResults({ text, accounts, selectedId }: SearchResultsProps) {
  const query = useFound(useSettled(text.trim()));
  const pages = query.data?.pages;
  if (query.isError && pages === undefined) {
    return <ErrorState title="The search failed" message={describeError(query.error)} onRetry={() => void query.refetch()} />;
  }
  const first = pages?.[0];
  if (pages === undefined || first === undefined) return <ChatSkeletons />;
  const messages = pages.flatMap((page) => page.messages);
  // Contacts whose chat is already listed above are left out.
  const listed = new Set(first.chats.map((chat) => chat.id));
  const others = first.people.filter(({ chat_id }) => chat_id === null || !listed.has(chat_id));
  const count = first.chats.length + others.length + messages.length;
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the links are the controls; this only moves the focus between them
    <div id="search-results" className={styles.found} onKeyDown={walkFound} data-testid="search-results">
      <p className="visually-hidden" role="status">
        {`${first.chats.length} chats, ${others.length} people and ${messages.length} messages found`}
      </p>
      {count === 0 && <Nothing isBusy={query.isFetching} text={text} />}
      <Chats chats={first.chats} accounts={accounts} selectedId={selectedId} />
      <Group title="People" isShown={others.length > 0}>
        <FoundContacts people={others} accounts={accounts} />
      </Group>
      <Group title="Messages" isShown={messages.length > 0}>
        {messages.map((message) => (
          <MessageResult key={message.id} message={message} wanted={text} />
        ))}
      </Group>
      {query.hasNextPage && (
        <Button tone="quiet" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more
        </Button>
      )}
      {!first.is_complete && <p className={chatListStyles.listEnd}>Older messages are still being made searchable.</p>}
    </div>
  );
}

function Nothing({ isBusy, text }: { readonly isBusy: boolean; readonly text: string }) {
  if (isBusy) return <Loading label="Searching"><ChatSkeletons /></Loading>;
  return (
    <EmptyState icon="search" title="Nothing found">
      No chat and no message with “<Exact>{text.trim()}</Exact>”. Search matches the beginnings of words.
    </EmptyState>
  );
}

interface GroupProps {
  readonly title: string;
  readonly isShown: boolean;
  readonly children: Elements;
}

function Group({ title, isShown, children }: GroupProps) {
  if (!isShown) return null;
  return (
    <section aria-label={title}>
      <h2 className={styles.foundTitle}>{title}</h2>
      {children}
    </section>
  );
}

interface ChatsProps extends Omit<SearchResultsProps, "text"> {
  readonly chats: readonly Chat[];
}

function Chats({ chats, accounts, selectedId }: ChatsProps) {
  return (
    <Group title="Chats" isShown={chats.length > 0}>
      {chats.map((chat) => (
        <ChatRow
          key={chat.id}
          chat={chat}
          account={accounts.length > 1 ? accounts.find((row) => row.id === chat.account_id) : undefined}
          isSelected={chat.id === selectedId}
        />
      ))}
    </Group>
  );
}

function MessageResult({ message, wanted }: { readonly message: FoundMessage; readonly wanted: string }) {
  const { search } = useLocation();
  const to = `/inbox/${message.account_id}/${message.chat_id}${search}${anchorOf(message.id)}`;
  const names = message.attachments.map(({ file_name }) => file_name ?? "").join(" ");
  return (
    <Link className={styles.foundMessage} to={to} data-testid="search-message">
      <span className={chatRowStyles.top}>
        <span className={chatRowStyles.title} translate="no" data-testid="chat-title">{firstShown(message.chat_title) ?? "Unknown contact"}</span>
        <Time className={chatRowStyles.time} at={message.sent_at}>
          {formatListTime(message.sent_at)}
        </Time>
      </span>
      <span className={styles.foundText} dir="auto">
        {message.direction === "out" && <Text>You: </Text>}
        {excerpt(`${shownBody(message)} ${names}`.trim(), wanted).map(({ text, isFound }, index) =>
          isFound ? <mark key={index}>{text}</mark> : <Text key={index}>{text}</Text>,
        )}
      </span>
    </Link>
  );
}
