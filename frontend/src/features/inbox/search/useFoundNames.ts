/** The chats and contacts whose name or number the server finds. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "@/lib/api/context";
import { isBlank } from "@/lib/texts";
import type { Found } from "@/types/wire";

const PAUSE_MS = 150;

/** What is found after typing pauses, on one account or all; nothing for an empty text. */
export function useFoundNames(text: string, accountId: number | null = null): Found | undefined {
  const api = useApi();
  const [settled, setSettled] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const isEmpty = isBlank(settled) || isBlank(text);
  const { data } = useQuery({
    queryKey: ["names", settled, accountId],
    queryFn: ({ signal }) => api.search({ q: settled, ...(accountId === null ? {} : { account: accountId }) }, null, signal),
    enabled: !isEmpty,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  return isEmpty ? undefined : data;
}
