/** The list's query from the address; view and order are remembered on this device. */
import { useCallback, useMemo } from "react";
import { useLocation, useNavigate } from "@/lib/navigation";
import { idsOf } from "@/features/inbox/views/ids";
import { useAccounts } from "@/lib/accounts";
import { parseQuery, withChange, type ListQuery } from "./listQuery";

const STORAGE_KEY = "confab.list-view";

function readLast(): Pick<ListQuery, "view" | "sort"> {
  const [view, sort] = (localStorage.getItem(STORAGE_KEY) ?? "").split(" ");
  return { view: view === "mine" || view === "unassigned" ? view : "all", sort: sort === "waiting" || sort === "due" ? sort : "recent" };
}

/** Whether the user sees only chats of their own and of their teams, in all accounts that are shown. */
export function useIsRestricted(): boolean {
  const accounts = useAccounts().data ?? [];
  const chosen = idsOf(new URLSearchParams(useLocation().search).get("account"));
  const shown = accounts.filter(({ id }) => chosen.includes(id));
  const asked = shown.length === 0 ? accounts : shown;
  return asked.length > 0 && asked.every(({ restricted }) => restricted === true);
}

export function useListQuery(): ListQuery {
  const { search } = useLocation();
  const isRestricted = useIsRestricted();
  return useMemo(() => parseQuery(new URLSearchParams(search), readLast(), isRestricted), [search, isRestricted]);
}

/** Shows other chats; an open one stays open unless `isLeaving`. */
export function useChangeList(isLeaving = false): (change: Partial<ListQuery>) => void {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  return useCallback(
    (change) => {
      const next = withChange(new URLSearchParams(search), change);
      const { view, sort } = parseQuery(next, { ...readLast(), ...change });
      localStorage.setItem(STORAGE_KEY, `${view} ${sort}`);
      navigate({ pathname: isLeaving ? "/inbox" : pathname, search: next.toString() });
    },
    [navigate, pathname, search, isLeaving],
  );
}
