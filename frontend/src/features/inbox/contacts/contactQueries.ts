/** Reads contacts and the fields that the team has defined. */
import { keepPreviousData, skipToken, useInfiniteQuery, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useAccounts } from "@/lib/accounts";
import { useContactRoutes, type ContactFilter, type ContactRef } from "@/lib/api/contactRecords";
import { paced } from "@/lib/paced";
import { useCan } from "@/lib/rights";
import { useFeedListener } from "@/lib/socket/context";
import { CONTACT_KEY, FIELDS_KEY } from "@/features/inbox/data/queryKeys";
import type { ContactRecord } from "@/types/wire";

const LIST_KEY = "contacts";
/** Events keep them fresh, whichever page is open (`InboxFeed`). */
const STALE_MS = 10 * 60_000;

const keyOf = (contact: ContactRef | null) => [CONTACT_KEY, contact?.account_id, contact?.id] as const;

export function useFields() {
  const api = useContactRoutes();
  return useQuery({ queryKey: [FIELDS_KEY], queryFn: ({ signal }) => api.listFields(signal), staleTime: STALE_MS });
}

export const refreshFields = (client: QueryClient) => client.invalidateQueries({ queryKey: [FIELDS_KEY] });

/** Reads nothing without a contact: groups have none. */
export function useContact(contact: ContactRef | null) {
  const api = useContactRoutes();
  return useQuery({
    queryKey: keyOf(contact),
    queryFn: contact === null ? skipToken : ({ signal }) => api.fetchContact(contact, signal),
    staleTime: STALE_MS,
  });
}

/** Whether the user may write there. */
export function useMayEdit({ account_id }: ContactRef): boolean {
  const can = useCan();
  const account = useAccounts().data?.find(({ id }) => id === account_id);
  return account !== undefined && can("send", account);
}

/** After a change of several contacts. */
export async function refreshContacts(client: QueryClient): Promise<void> {
  await Promise.all([CONTACT_KEY, LIST_KEY].map((key) => client.invalidateQueries({ queryKey: [key] })));
}

/** The answer of a change: shown at once. */
export function storeContact(client: QueryClient, contact: ContactRecord): void {
  client.setQueryData<ContactRecord>(keyOf(contact), (known) => (known !== undefined && known.seq > contact.seq ? known : contact));
}

export function useContactChats(contact: ContactRef) {
  const api = useContactRoutes();
  return useQuery({ queryKey: [...keyOf(contact), "chats"], queryFn: ({ signal }) => api.listContactChats(contact, signal) });
}

/** The contacts of the user's numbers, page after page, as they are now. */
export function useContactList(filter: ContactFilter) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const renew = useMemo(() => paced(() => void client.invalidateQueries({ queryKey: [LIST_KEY] })), [client]);
  useFeedListener({
    onChange: ({ event }) => {
      if (event === "contact:updated" || event === "contact:erased") renew();
    },
    onReset: renew,
    onLeft: renew,
  });
  const query = useInfiniteQuery({
    queryKey: [LIST_KEY, filter.accountId, filter.text.trim(), filter.labelId],
    queryFn: ({ pageParam, signal }) => api.listContacts(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
  return { ...query, contacts: query.data?.pages.flatMap(({ items }) => items), renew };
}
