/** The chats of the list: loading, failed, empty, or the rows. */
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import type { IconName } from "@/components/Icon";
import { describeError } from "@/lib/api/errors";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { Account } from "@/types/wire";
import { ALL_CHATS, isNarrowed, type ListQuery } from "./query/listQuery";
import { ChatRows } from "./list/ChatRows";
import type { useChatList } from "@/features/inbox/queries";
import styles from "./chat-skeletons.module.css";

interface ChatListProps {
  readonly list: ReturnType<typeof useChatList>;
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
  readonly query?: ListQuery;
}

type Reason = ListQuery["filter"] | "mine" | "unassigned" | "narrowed";

const NONE: Readonly<Record<Reason, readonly [icon: IconName, title: MessageId, text: MessageId]>> = {
  all: ["inbox", "chats.none.all.title", "chats.none.all.text"],
  unread: ["read", "chats.none.unread.title", "chats.none.unread.text"],
  groups: ["people", "chats.none.groups.title", "chats.none.groups.text"],
  archived: ["archive", "chats.none.archived.title", "chats.none.archived.text"],
  mine: ["check", "chats.none.mine.title", "chats.none.mine.text"],
  unassigned: ["check", "chats.none.unassigned.title", "chats.none.unassigned.text"],
  narrowed: ["filter", "chats.none.narrowed.title", "chats.none.narrowed.text"],
};

/** Why there are none: what was asked for beside the tab, or the tab. */
function reasonOf(query: ListQuery): Reason {
  const { view, filter, status } = query;
  const isOther = isNarrowed({ ...query, filter: "all", status: view === "all" ? status : "open" });
  if (isOther || (view !== "all" && (filter === "groups" || status !== "open"))) return "narrowed";
  return filter === "all" ? view : filter;
}

function NoChats({ query }: { readonly query: ListQuery }) {
  const [icon, title, text] = NONE[reasonOf(query)];
  return (
    <EmptyState icon={icon} title={t(title)}>
      {t(text)}
    </EmptyState>
  );
}

export function ChatSkeletons() {
  return (
    <Loading label={t("chats.loading")}>
      {Array.from({ length: 14 }, (_, index) => (
        <div key={index} className={styles.skeleton}>
          <Skeleton className={styles.skeletonFace} />
          <div>
            <Skeleton className={styles.skeletonTitle} />
            <Skeleton className={styles.skeletonText} />
          </div>
        </div>
      ))}
    </Loading>
  );
}

export function ChatList({ list, accounts, selectedId, query = ALL_CHATS }: ChatListProps) {
  const { chats } = list;
  if (chats === null) {
    if (!list.isError) return <ChatSkeletons />;
    return <ErrorState title={t("chats.error")} message={describeError(list.error)} onRetry={() => void list.refetch()} />;
  }
  if (chats.length === 0) return <NoChats query={query} />;
  return <ChatRows list={list} chats={chats} accounts={accounts} selectedId={selectedId} query={query} />;
}
