/** One attempt to connect a number: the code that is shown, and the account it is for as it stands now. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { applyAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { isNewer } from "@/lib/rows";
import { useFeed } from "@/lib/socket/context";
import type { Account, Connected } from "@/types/wire";

/** The event on the socket comes at once; this is the net below it. */
const POLL_MS = 4_000;

interface Ask {
  /** Whose phone shall take a code to type; without it there is a picture to scan. */
  readonly phone?: string;
  /** For the account of the code before, not for another one. */
  readonly again?: boolean;
}

export function useConnecting(knownId: number | undefined) {
  const [api, client, feed] = [useApi(), useQueryClient(), useFeed()];
  // What was shown stays until something newer is there: a second attempt may be refused because the first one lives.
  const [shown, setShown] = useState<Connected | null>(null);
  const ask = useMutation({
    mutationFn: ({ phone, again }: Ask) => {
      const id = knownId ?? (again === true ? shown?.account.id : undefined);
      return id === undefined ? api.connectAccount(phone) : api.reconnectAccount(id, phone);
    },
    onSuccess: (connected) => {
      setShown(connected);
      feed.track(connected.account.id, connected.account.seq);
      applyAccount(client, connected.account);
    },
  });
  const account = useAttempted(shown);
  return {
    ask,
    shown,
    forget: () => {
      setShown(null);
      ask.reset();
    },
    connected: ask.isSuccess && account?.status === "connected" ? account : null,
    /** What became of an attempt that leads nowhere: too late, replaced, or a number that is here already. */
    givenUp: account?.status === "disconnected" ? account : null,
  };
}

function useAttempted(shown: Connected | null): Account | null {
  const api = useApi();
  const id = shown?.account.id;
  const accounts = useAccounts({ pollMs: POLL_MS });
  // The list has no numbers that were given up again; the account itself says why it was.
  const polled = useQuery({
    queryKey: ["account", id],
    queryFn: () => api.fetchAccount(id ?? 0),
    enabled: id !== undefined,
    refetchInterval: POLL_MS,
  });
  const listed = accounts.data?.find((row) => row.id === id);
  const rows = [shown?.account, listed, polled.data].filter((row) => row !== undefined);
  return rows.reduce<Account | null>((newest, row) => (newest === null || isNewer(row, newest) ? row : newest), null);
}
