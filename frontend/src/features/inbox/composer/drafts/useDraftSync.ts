/** Keeps the drafts of this device and those on the server the same, while a user is signed in. */
import { useEffect, useState } from "react";
import { useApi } from "@/lib/api/context";
import { useFeed, useFeedListener } from "@/lib/socket/context";
import { DraftSync } from "./draftSync";
import type { Drafts } from "./drafts";

export function useDraftSync(drafts: Drafts): void {
  const api = useApi();
  const feed = useFeed();
  const [sync] = useState(() => new DraftSync(drafts, api));
  useEffect(() => sync.open(), [sync]);
  useEffect(() => feed.listen({ onState: (state) => state === "live" && sync.flush() }), [feed, sync]);
  useFeedListener({
    onChange: ({ event, data }) => {
      if (event === "draft:saved") sync.take(data);
    },
    // If it fails, the next connection asks again.
    onOwnReset: () => void sync.readAll().catch(() => undefined),
  });
}
