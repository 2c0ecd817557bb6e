/** The inbox: the chats of the selected accounts beside the open chat. */
import { useMemo, useState } from "react";
import { useParams, useSearchParams } from "@/lib/navigation";
import { MissingState } from "@/components/MissingState";
import { ErrorState, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { isForgotten, useAccounts } from "@/lib/accounts";
import { describeError } from "@/lib/api/errors";
import { lazyPart, usePageShown } from "@/lib/lazyPart";
import { useMe } from "@/lib/rights";
import type { Account, Chat } from "@/types/wire";
import { AccountSwitcher } from "@/features/inbox/chats/AccountSwitcher";
import { ChatPanel, ChatTabs } from "@/features/inbox/chats/ChatTabs";
import { keyOfQuery, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { useListQuery } from "@/features/inbox/chats/query/useListQuery";
import { useTakenAway } from "@/features/inbox/chats/useTakenAway";
import { ChatList, ChatSkeletons } from "@/features/inbox/chats/ChatList";
import { AccountLines } from "@/features/inbox/chats/AccountNotice";
import { InboxFrame } from "@/features/inbox/layout/InboxFrame";
import { useDetails } from "@/features/inbox/layout/usePanes";
import { useInboxSnapshot } from "./context";
import { FirstNumber } from "./FirstNumber";
import { useChatList } from "./queries";
import { OrganisingProvider } from "@/features/inbox/selection/OrganisingProvider";
import { useIsSelecting } from "@/features/inbox/selection/selectionContext";
import { SearchContext, useSearch, type Search } from "@/features/inbox/search/searchContext";
import { SearchPanel } from "@/features/inbox/search/SearchField";
import { idsOf } from "@/features/inbox/views/ids";
import { isAsked, NOTHING } from "@/features/inbox/search/searchQuery";
import { SharedDraftsProvider } from "@/features/inbox/sharedDrafts/SharedDraftsProvider";
import { StatusProvider } from "@/features/inbox/status/StatusProvider";
import styles from "./inbox.module.css";

const Thread = lazyPart(async () => (await import("@/features/inbox/thread/Thread")).Thread, { preloading: "first" });
const InboxCommands = lazyPart(async () => (await import("./InboxCommands")).InboxCommands, { preloading: "page", isExtra: true });
const ContextPane = lazyPart(async () => (await import("@/features/inbox/contact/ContextPane")).ContextPane);
const SelectionBar = lazyPart(async () => (await import("@/features/inbox/selection/SelectionBar")).SelectionBar, { isExtra: true });
const SearchResults = lazyPart(async () => (await import("@/features/inbox/search/SearchResults")).SearchResults);

// For the address of a chat: it is loaded beside the list, not after it.
if (/^\/inbox\/./.test(location.pathname)) void Thread.preload().catch(() => undefined);

function parseId(text: string | undefined | null): number | null {
  return text !== undefined && text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

export function InboxPage() {
  const accounts = useAccounts();
  usePageShown(accounts.isError);
  if (accounts.data === undefined) {
    if (!accounts.isError) return <LoadingInbox />;
    return (
      <ErrorState
        level={1}
        title={t("chats.failed")}
        message={describeError(accounts.error)}
        onRetry={() => void accounts.refetch()}
      />
    );
  }
  return <LinkedInbox accounts={accounts.data} />;
}

/** An account whose code was never scanned has no chats. */
function LinkedInbox({ accounts }: { readonly accounts: readonly Account[] }) {
  const linked = useMemo(() => accounts.filter((account) => !isForgotten(account)), [accounts]);
  if (linked.length === 0) return <FirstNumber />;
  return (
    <OrganisingProvider>
      <SharedDraftsProvider>
        <Inbox accounts={linked} />
      </SharedDraftsProvider>
    </OrganisingProvider>
  );
}

function LoadingInbox() {
  return (
    <InboxFrame
      list={
        <>
          <AccountSwitcher accounts={[]} selected={null} />
          <Skeleton className={styles.searchSkeleton} />
          <Skeleton className={styles.filtersSkeleton} />
          <ChatSkeletons />
        </>
      }
    />
  );
}

function Inbox({ accounts }: { readonly accounts: readonly Account[] }) {
  const params = useParams();
  const [query] = useSearchParams();
  const [asked, setAsked] = useState(NOTHING);
  const search = useMemo<Search>(() => ({ wanted: asked, change: (change) => setAsked((before) => ({ ...before, ...change })) }), [asked]);
  const scope = query.get("account");
  const shown = useMemo(() => shownOf(accounts, idsOf(scope)), [accounts, scope]);
  const ids = useMemo(() => shown.map(({ id }) => id), [shown]);
  const wanted = useListQuery();
  const [accountId, chatId] = [parseId(params.accountId), parseId(params.chatId)];
  useTakenAway(accountId, chatId);
  const userId = useUserId();
  const list = useChatList(ids, { query: wanted, openId: chatId, userId });
  usePageShown(list.chats !== null || list.isError);
  const listed = list.chats?.find((chat) => chat.id === chatId);
  const isOpen = params.chatId !== undefined;
  const details = useDetails();
  const found = useFound(accounts.find((row) => row.id === accountId), chatId);
  return (
    <SearchContext value={search}>
      <StatusProvider>
        <InboxCommands accounts={accounts} shown={ids} list={list} accountId={accountId} chatId={chatId} />
        <InboxFrame
          place={details.place}
          list={<ListPane accounts={accounts} shown={shown} list={list} query={wanted} open={found} />}
          thread={isOpen ? <OpenChat found={found} listed={listed} /> : undefined}
          context={found !== null && details.isOpen && <ContextPane key={found.chatId} {...found} listed={listed} details={details} />}
        />
      </StatusProvider>
    </SearchContext>
  );
}

/** Those of these ids; all where there are none. */
function shownOf(accounts: readonly Account[], ids: readonly number[]): readonly Account[] {
  const chosen = accounts.filter(({ id }) => ids.includes(id));
  return chosen.length === 0 ? accounts : chosen;
}

/** Null before it is known. */
const useUserId = (): number | null => useMe().data?.user.id ?? null;

/** The one account that is shown of several. */
function onlyOne(shown: readonly Account[], accounts: readonly Account[]): number | null {
  const [first] = shown;
  return first !== undefined && shown.length === 1 && accounts.length > 1 ? first.id : null;
}

interface ListPaneProps {
  readonly accounts: readonly Account[];
  /** Those whose chats are shown. */
  readonly shown: readonly Account[];
  readonly list: ReturnType<typeof useChatList>;
  readonly query: ListQuery;
  readonly open: FoundChat | null;
}

function ListPane({ accounts, shown, list, query, open }: ListPaneProps) {
  const { wanted } = useSearch();
  const userId = useUserId();
  const isSelecting = useIsSelecting();
  const openId = open === null ? null : open.chatId;
  const openChat = open === null ? undefined : list.known.get(open.chatId);
  return (
    <>
      <AccountSwitcher accounts={accounts} selected={onlyOne(shown, accounts)} />
      <AccountLines accounts={shown} openId={open?.account.id} />
      <SearchPanel userId={userId} accounts={accounts} openChat={openChat} />
      {isAsked(wanted) ? (
        <SearchResults userId={userId} accounts={accounts} selectedId={openId} />
      ) : (
        <ListedChats accounts={shown} list={list} query={query} selectedId={openId} />
      )}
      {isSelecting && <SelectionBar />}
    </>
  );
}

interface ListedChatsProps {
  /** Those whose chats are shown. */
  readonly accounts: readonly Account[];
  readonly list: ReturnType<typeof useChatList>;
  readonly query: ListQuery;
  readonly selectedId: number | null;
}

function ListedChats({ accounts, list, query, selectedId }: ListedChatsProps) {
  const ids = useMemo(() => accounts.map(({ id }) => id), [accounts]);
  return (
    <>
      <ChatTabs query={query} shown={ids} />
      <ChatPanel view={query.view}>
        <ChatList key={`${keyOfQuery(query)} ${ids.join()}`} list={list} accounts={accounts} selectedId={selectedId} query={query} />
      </ChatPanel>
    </>
  );
}

interface FoundChat {
  readonly account: Account;
  readonly chatId: number;
}

/** Null for a chat that was deleted, or whose number is not shared with the user. */
function useFound(account: Account | undefined, chatId: number | null): FoundChat | null {
  const { tombstones } = useInboxSnapshot();
  return account === undefined || chatId === null || tombstones.hasChat({ id: chatId }) ? null : { account, chatId };
}

interface OpenChatProps {
  readonly found: FoundChat | null;
  readonly listed: Chat | undefined;
}

function OpenChat({ found, listed }: OpenChatProps) {
  if (found === null) return <MissingState level={1} title={t("thread.missing")}>{t("thread.missingText")}</MissingState>;
  return <Thread key={found.chatId} {...found} listed={listed} />;
}
