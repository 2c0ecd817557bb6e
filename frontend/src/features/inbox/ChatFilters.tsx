/** Which chats the list shows; the address keeps it, so that it can be linked and gone back to. */
import { useLocation, useNavigate } from "react-router";
import type { Account } from "@/types/wire";
import type { ChatFilter } from "./chatPages";

const NAMES: Readonly<Record<ChatFilter, string>> = { all: "All", unread: "Unread", groups: "Groups", archived: "Archived" };

export function parseFilter(text: string | null): ChatFilter {
  return text === "unread" || text === "groups" || text === "archived" ? text : "all";
}

interface ChatFiltersProps {
  readonly accounts: readonly Account[];
  readonly selected: ChatFilter;
}

export function ChatFilters({ accounts, selected }: ChatFiltersProps) {
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
    <div className="filters" role="group" aria-label="Show">
      {(Object.keys(NAMES) as ChatFilter[]).map((filter) => (
        <button
          key={filter}
          type="button"
          className="filter"
          aria-pressed={filter === selected}
          onClick={() => choose(filter)}
          data-testid={`filter-${filter}`}
        >
          {NAMES[filter]}
        </button>
      ))}
    </div>
  );
}
