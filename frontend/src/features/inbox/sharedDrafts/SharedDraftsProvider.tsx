/** Reads what colleagues share once the list is shown, follows it, and provides it to rows and threads. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { Elements } from "@/components/Text";
import { useInbox } from "@/features/inbox/context";
import { useFirstApi } from "@/lib/api/context";
import { applyPushed } from "@/lib/queryClient";
import { useAfterPage } from "@/lib/useAfterPage";
import { useFeed, useFeedListener } from "@/lib/socket/context";
import type { SharedDraft } from "@/types/wire";
import { SharedDraftsContext } from "./sharedDraftsContext";
import { applyChange, byChat } from "./sharedRows";

const SHARED_KEY = ["shared-drafts"] as const;
const NONE: readonly SharedDraft[] = [];

export function SharedDraftsProvider({ children }: { readonly children: Elements }) {
  const api = useFirstApi();
  const client = useQueryClient();
  const { userId } = useInbox();
  const { data } = useQuery({ queryKey: SHARED_KEY, queryFn: ({ signal }) => api.listSharedDrafts(signal), enabled: useAfterPage(), staleTime: Infinity });
  const change = (by: (rows: readonly SharedDraft[]) => readonly SharedDraft[]) => applyPushed(client, SHARED_KEY, by);
  const feed = useFeed();
  // What is pushed between the answer and the first connection is not replayed, nor what is while other pages are open.
  useEffect(() => {
    const stop = feed.listen({ onState: (state) => state === "live" && void client.invalidateQueries({ queryKey: SHARED_KEY }) });
    return () => {
      stop();
      void client.invalidateQueries({ queryKey: SHARED_KEY, refetchType: "none" });
    };
  }, [client, feed]);
  useFeedListener({
    onChange: (pushed) => {
      if (pushed.event === "draft:updated" || pushed.event === "chat:erased") change((rows) => applyChange(rows, pushed, userId));
    },
    onReset: () => void client.invalidateQueries({ queryKey: SHARED_KEY }),
    onLeft: (accountId) => change((rows) => rows.filter(({ account_id }) => account_id !== accountId)),
  });
  const shared = useMemo(() => byChat(data ?? NONE), [data]);
  return <SharedDraftsContext value={shared}>{children}</SharedDraftsContext>;
}
