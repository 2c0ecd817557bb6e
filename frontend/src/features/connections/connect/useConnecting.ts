/** One pairing: the code that is shown, and the current state of its account. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { applyAccount, isPairing, removeAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { isNewer } from "@/lib/rows";
import { useFeed } from "@/lib/socket/context";
import type { Account, Connected } from "@/types/wire";

/** The socket's event normally arrives first; polling is the fallback. */
const POLL_MS = 4_000;

interface Ask {
  /** The phone that gets a code to type; without it a QR code is shown. */
  readonly phone?: string;
  /** For the account of the previous code, not for another one. */
  readonly again?: boolean;
}

export function useConnecting(knownId: number | undefined) {
  const [api, client, feed] = [useApi(), useQueryClient(), useFeed()];
  // The current code stays until there is a newer one: a new pairing may be rejected because this one is still valid.
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
  const cancel = () => {
    if (knownId !== undefined || account === null || !isPairing(account)) return;
    removeAccount(client, account.id);
    // If it fails, or the scan comes first, the account is in the list again.
    void api.disconnectAccount(account.id).catch(() => undefined);
  };
  const cancelAtEnd = useEffectEvent(cancel);
  useEffect(() => () => cancelAtEnd(), []);
  return {
    ask,
    shown,
    forget: () => {
      cancel();
      setShown(null);
      ask.reset();
    },
    connected: ask.isSuccess && account?.status === "connected" ? account : null,
    /** The outcome of a pairing that failed: expired, replaced, or already connected. */
    givenUp: account?.status === "disconnected" ? account : null,
  };
}

function useAttempted(shown: Connected | null): Account | null {
  const api = useApi();
  const id = shown?.account.id;
  const accounts = useAccounts({ refetchInterval: POLL_MS });
  // The list leaves out abandoned accounts; the account itself carries the reason.
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
