/** The inbox: the chats of the selected accounts beside the open chat. */
import { useMemo, useState, type ReactNode } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { MissingState } from "@/components/MissingState";
import { EmptyState, ErrorState, Skeleton } from "@/components/States";
import { useAccounts } from "@/lib/accounts";
import { describeError } from "@/lib/api/errors";
import { isBlank } from "@/lib/texts";
import type { Account, Chat } from "@/types/wire";
import { AccountSwitcher } from "@/features/inbox/chats/AccountSwitcher";
import { ChatFilters, parseFilter } from "@/features/inbox/chats/ChatFilters";
import { ChatList, ChatSkeletons } from "@/features/inbox/chats/ChatList";
import { AccountNotice } from "@/features/inbox/chats/AccountNotice";
import { useInboxSnapshot } from "./context";
import { useChatList } from "./queries";
import { SearchField, SearchResults } from "@/features/inbox/search/Search";
import { Thread } from "@/features/inbox/thread/Thread";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./inbox.module.css";

function parseId(text: string | undefined | null): number | null {
  return text !== undefined && text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

export function InboxPage() {
  const accounts = useAccounts();
  if (accounts.data === undefined) {
    if (!accounts.isError) return <LoadingInbox />;
    return (
      <ErrorState
        title="Your inbox could not be loaded"
        message={describeError(accounts.error)}
        onRetry={() => void accounts.refetch()}
      />
    );
  }
  if (accounts.data.length === 0) {
    return (
      <EmptyState
        icon="phone"
        title="Connect your first number"
        action={
          <Link className={classes(buttonStyles.button, buttonStyles.primary)} to="/connections">
            Go to connections
          </Link>
        }
      >
        Scan one code with WhatsApp and its chats appear here, for your whole team.
      </EmptyState>
    );
  }
  return <Inbox accounts={accounts.data} />;
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
  const [search] = useSearchParams();
  const [wanted, setWanted] = useState("");
  const scope = parseId(search.get("account"));
  const shown = useMemo(() => {
    const ids = accounts.map((account) => account.id);
    return scope !== null && ids.includes(scope) ? [scope] : ids;
  }, [accounts, scope]);
  const filter = parseFilter(search.get("filter"));
  const accountId = parseId(params.accountId);
  const chatId = parseId(params.chatId);
  const list = useChatList(shown, filter, chatId);
  const account = accounts.find((row) => row.id === accountId);
  const listed = list.chats?.find((chat) => chat.id === chatId);
  const isOpen = params.chatId !== undefined;
  return (
    <InboxFrame
      isOpen={isOpen}
      list={
        <>
          <AccountSwitcher accounts={accounts} selected={shown.length === 1 && accounts.length > 1 ? scope : null} />
          <AccountNotices accounts={accounts.filter(({ id }) => shown.includes(id))} openId={isOpen ? accountId : null} />
          <SearchField text={wanted} onChange={setWanted} />
          {isBlank(wanted) ? (
            <>
              <ChatFilters accounts={accounts} selected={filter} shown={shown} />
              <ChatList key={filter} list={list} accounts={accounts} selectedId={chatId} filter={filter} />
            </>
          ) : (
            <SearchResults text={wanted} accounts={accounts} selectedId={chatId} />
          )}
        </>
      }
      thread={isOpen ? <OpenChat account={account} chatId={chatId} listed={listed} /> : undefined}
    />
  );
}

interface AccountNoticesProps {
  readonly accounts: readonly Account[];
  /** The account of the open chat, which shows its own notice. */
  readonly openId: number | null;
}

function AccountNotices({ accounts, openId }: AccountNoticesProps) {
  return accounts.map((account) =>
    account.id === openId ? null : <AccountNotice key={account.id} account={account} className={styles.notice} isQuiet />,
  );
}

interface OpenChatProps {
  readonly account: Account | undefined;
  readonly chatId: number | null;
  readonly listed: Chat | undefined;
}

function OpenChat({ account, chatId, listed }: OpenChatProps) {
  const { tombstones } = useInboxSnapshot();
  if (account === undefined || chatId === null || tombstones.hasChat({ id: chatId })) {
    return (
      <MissingState title="Chat not found">
        It may have been erased, or its number is no longer shared with you.
      </MissingState>
    );
  }
  return <Thread key={chatId} account={account} chatId={chatId} listed={listed} />;
}

interface InboxFrameProps {
  readonly list: ReactNode;
  readonly thread?: ReactNode;
  readonly isOpen?: boolean;
}

function InboxFrame({ list, thread, isOpen = false }: InboxFrameProps) {
  return (
    <div className={classes(styles.inbox, isOpen && styles.open)}>
      <section className={styles.list} aria-label="Chats">
        {list}
      </section>
      <section className={styles.thread} aria-label="Open chat">
        {thread ?? (
          <EmptyState icon="chat" title="Choose a chat">
            Pick a conversation on the left. The arrow keys move through the list, Enter opens.
          </EmptyState>
        )}
      </section>
    </div>
  );
}
