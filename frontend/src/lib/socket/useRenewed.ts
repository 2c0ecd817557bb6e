/** Keeps what was read over REST as it is now: it is read again when changes concern it. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { paced } from "@/lib/paced";
import type { Change } from "./changes";
import { useFeedListener } from "./context";

/** `key` is the first part of the queries' keys; it must not change. */
export function useRenewed(key: string, concerns: (change: Change) => boolean): void {
  const client = useQueryClient();
  const renew = useMemo(() => paced(() => void client.invalidateQueries({ queryKey: [key] })), [client, key]);
  useFeedListener({
    onChange: (change) => {
      if (concerns(change)) renew();
    },
    onReset: renew,
    onLeft: renew,
  });
}
