/** The virtualised list of chats, newest first; more are loaded at its end. */
import { useRef, type KeyboardEvent } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import { ChatRow } from "./ChatRow";
import type { ChatFilter } from "./chatPages";
import type { useChatList } from "@/features/inbox/queries";
import chatRowStyles from "./chat-row.module.css";
import styles from "./chat-list.module.css";

interface ChatListProps {
  readonly list: ReturnType<typeof useChatList>;
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
  readonly filter?: ChatFilter;
}

const NONE: Readonly<Record<ChatFilter, readonly [title: string, text: string]>> = {
  all: ["All quiet", "When a contact writes to one of your numbers, the chat appears here at once."],
  unread: ["Nothing unread", "Every message has been read."],
  groups: ["No groups", "Groups your numbers are in appear here."],
  archived: ["Nothing archived", "Chats you archive are kept here, out of the way."],
};

function NoChats({ filter }: { readonly filter: ChatFilter }) {
  const [title, text] = NONE[filter];
  return (
    <EmptyState icon={filter === "archived" ? "archive" : "inbox"} title={title}>
      {text}
    </EmptyState>
  );
}

export function ChatSkeletons() {
  return (
    <Loading label="Loading chats">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={chatRowStyles.skeleton}>
          <Skeleton className={chatRowStyles.skeletonFace} />
          <div>
            <Skeleton className={chatRowStyles.skeletonTitle} />
            <Skeleton className={chatRowStyles.skeletonText} />
          </div>
        </div>
      ))}
    </Loading>
  );
}

const KEYS: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowDown: (index, last) => Math.min(index + 1, last),
  ArrowUp: (index) => Math.max(index - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
};

/** Arrow keys move over the rows, including those not rendered yet. */
function useArrowKeys(count: number) {
  const handle = useRef<VirtuosoHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const move = KEYS[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (move === undefined || row === null) return;
    event.preventDefault();
    const index = move(Number(row.dataset.index), count - 1);
    const find = () => box.current?.querySelector<HTMLElement>(`[data-index="${index}"] a`);
    // A rendered row takes the focus immediately, or key repeat would outrun the list.
    const target = find();
    if (target) target.focus();
    else handle.current?.scrollIntoView({ index, done: () => find()?.focus() });
  };
  return { handle, box, onKeyDown };
}

export function ChatList({ list, accounts, selectedId, filter = "all" }: ChatListProps) {
  const { chats } = list;
  const { handle, box, onKeyDown } = useArrowKeys(chats?.length ?? 0);
  if (chats === null) {
    if (!list.isError) return <ChatSkeletons />;
    return (
      <ErrorState title="Chats could not be loaded" message={describeError(list.error)} onRetry={() => void list.refetch()} />
    );
  }
  if (chats.length === 0) return <NoChats filter={filter} />;
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the rows are the controls; this only moves the focus between them
    <div id="chat-list" className={styles.list} ref={box} onKeyDown={onKeyDown}>
      <Virtuoso
        ref={handle}
        // The rows are focusable; the scroll container would be one more tab stop without content.
        tabIndex={-1}
        data={chats}
        computeItemKey={(_, chat) => chat.id}
        defaultItemHeight={76}
        increaseViewportBy={400}
        endReached={() => {
          if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
        }}
        itemContent={(_, chat) => (
          <ChatRow
            chat={chat}
            account={accounts.length > 1 ? accounts.find((row) => row.id === chat.account_id) : undefined}
            isSelected={chat.id === selectedId}
          />
        )}
        components={{ Footer: ListEnd }}
        context={list}
      />
    </div>
  );
}

function ListEnd({ context }: { readonly context: ChatListProps["list"] }) {
  if (context.isFetchNextPageError) {
    return (
      <p className={styles.listEnd}>
        Older chats could not be loaded.{" "}
        <Button size="small" tone="quiet" onClick={() => void context.fetchNextPage()}>
          Try again
        </Button>
      </p>
    );
  }
  return <p className={styles.listEnd}>{context.isFetchingNextPage ? "Loading older chats…" : ""}</p>;
}
