/** The filters of the chat list, kept in the URL so that they can be linked and survive going back. */
import { useLocation, useNavigate } from "react-router";
import type { Account } from "@/types/wire";
import type { ChatFilter } from "./chatPages";
import { Count } from "./Count";
import { sumOf, useUnread, type Unread } from "./unread";
import styles from "./chat-list.module.css";

const NAMES: Readonly<Record<ChatFilter, string>> = { all: "All", unread: "Unread", groups: "Groups", archived: "Archived" };

export function parseFilter(text: string | null): ChatFilter {
  return text === "unread" || text === "groups" || text === "archived" ? text : "all";
}

interface ChatFiltersProps {
  readonly accounts: readonly Account[];
  readonly selected: ChatFilter;
  /** The accounts whose chats are filtered. */
  readonly shown: readonly number[];
}

/** Archived chats are out of sight, so their unread messages get a count of their own. */
const countIn = (filter: ChatFilter, { messages, archived }: Unread): number =>
  ({ all: 0, unread: messages - archived, groups: 0, archived })[filter];

export function ChatFilters({ accounts, selected, shown }: ChatFiltersProps) {
  const unread = sumOf(useUnread(), shown);
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  if (accounts.length === 0) return null;
  const choose = (filter: ChatFilter) => {
    const query = new URLSearchParams(search);
    if (filter === "all") query.delete("filter");
    else query.set("filter", filter);
    void navigate({ pathname, search: query.toString() });
  };
  return (
    <div className={styles.filters} role="group" aria-label="Show">
      {(Object.keys(NAMES) as ChatFilter[]).map((filter) => (
        <button
          key={filter}
          type="button"
          className={styles.filter}
          aria-pressed={filter === selected}
          onClick={() => choose(filter)}
          data-testid={`filter-${filter}`}
        >
          <span>{NAMES[filter]}</span>
          <Count value={countIn(filter, unread)} />
        </button>
      ))}
    </div>
  );
}
