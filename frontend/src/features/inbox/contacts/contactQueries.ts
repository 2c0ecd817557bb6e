/** Reads contacts and the fields that the team has defined; both again when the server says that they changed. */
import { keepPreviousData, skipToken, useInfiniteQuery, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useAccounts } from "@/lib/accounts";
import { useContactRoutes, type ContactFilter, type ContactRef } from "@/lib/api/contactRecords";
import { paced } from "@/lib/paced";
import type { Change } from "@/lib/socket/changes";
import { useCan } from "@/lib/rights";
import { useFeedListener } from "@/lib/socket/context";
import type { ContactRecord } from "@/types/wire";

const CONTACT_KEY = "contact";
const LIST_KEY = "contacts";
const FIELDS_KEY = ["contact-fields"] as const;
/** Events keep them fresh. */
const STALE_MS = 10 * 60_000;

const keyOf = (contact: ContactRef | null) => [CONTACT_KEY, contact?.account_id, contact?.id] as const;

export function useFields() {
  const api = useContactRoutes();
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: FIELDS_KEY });
  useFeedListener({
    onChange: ({ event }) => {
      if (event === "contact-fields:changed") renew();
    },
    onReset: renew,
  });
  return useQuery({ queryKey: FIELDS_KEY, queryFn: ({ signal }) => api.listFields(signal), staleTime: STALE_MS });
}

export const refreshFields = (client: QueryClient) => client.invalidateQueries({ queryKey: FIELDS_KEY });

/** Reads nothing without a contact: groups have none. */
export function useContact(contact: ContactRef | null) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: keyOf(contact) });
  useFeedListener({
    onChange: (change) => {
      if (contact !== null && isAbout(change, contact)) renew();
    },
    onReset: renew,
  });
  return useQuery({
    queryKey: keyOf(contact),
    queryFn: contact === null ? skipToken : ({ signal }) => api.fetchContact(contact, signal),
    staleTime: STALE_MS,
  });
}

const isAbout = ({ event, data }: Change, { account_id, id }: ContactRef): boolean => event === "contact:updated" && data.id === id && data.account_id === account_id;

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
