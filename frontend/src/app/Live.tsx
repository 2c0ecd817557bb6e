/** What keeps the app live: the socket's feed, and what it pushes applied to accounts, usage and the inbox. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { InboxFeed } from "@/features/inbox/InboxFeed";
import { useSession } from "@/features/session/context";
import type { Session } from "@/features/session/session";
import { ACCOUNTS_KEY, applyAccount, removeAccount, replaceAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { findTabServices } from "@/lib/channel";
import { useFeedListener } from "@/lib/socket/context";
import { Feed } from "@/lib/socket/feed";
import type { LateFeed } from "@/lib/socket/lateFeed";
import { useUnnumbered } from "./unnumbered";

interface LiveProps {
  readonly feed: LateFeed;
  readonly userId: number;
}

function socketUrl(): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
}

/** Listeners are added before the feed is started. */
export function Live({ feed, userId }: LiveProps) {
  return (
    <>
      <InboxFeed />
      <LiveAccounts feed={feed} userId={userId} />
    </>
  );
}

function useAttached({ feed, userId }: LiveProps): void {
  const session = useSession();
  const api = useApi();
  useEffect(() => {
    feed.attach(new Feed({ api, userId, url: socketUrl(), tabServices: findTabServices(), token: () => session.token, renew: () => session.renew() }));
  }, [feed, api, session, userId]);
}

/** Sends a renewed token to the open socket too. */
function useReauth(session: Session, feed: LateFeed): void {
  useEffect(() => {
    let known = session.token;
    return session.subscribe(() => {
      if (session.token === null || session.token === known) return;
      known = session.token;
      feed.reauth(known);
    });
  }, [session, feed]);
}

/**
 * Reconnects immediately when the network is back or the page becomes visible. When the network is lost the socket is
 * checked, since its end may never be reported.
 */
function useReconnectNow(feed: LateFeed): void {
  useEffect(() => {
    const reconnectNow = () => {
      if (document.visibilityState === "visible") feed.reconnectNow();
    };
    window.addEventListener("online", reconnectNow);
    window.addEventListener("offline", reconnectNow);
    document.addEventListener("visibilitychange", reconnectNow);
    return () => {
      window.removeEventListener("online", reconnectNow);
      window.removeEventListener("offline", reconnectNow);
      document.removeEventListener("visibilitychange", reconnectNow);
    };
  }, [feed]);
}

/** A frozen or hidden page leaves the socket to another tab, and continues from its cursors when it resumes. */
function useRunning(feed: LateFeed, isReady: boolean): void {
  useEffect(() => {
    if (!isReady) return undefined;
    const start = () => feed.start();
    const stop = () => feed.stop();
    start();
    document.addEventListener("freeze", stop);
    document.addEventListener("resume", start);
    window.addEventListener("pagehide", stop);
    window.addEventListener("pageshow", start);
    return () => {
      document.removeEventListener("freeze", stop);
      document.removeEventListener("resume", start);
      window.removeEventListener("pagehide", stop);
      window.removeEventListener("pageshow", start);
      stop();
    };
  }, [feed, isReady]);
}

/**
 * Starts the feed once the accounts are known, from the seq they were read at. Chats and messages are read later, so
 * every change in between is replayed, never missed.
 */
function LiveAccounts({ feed, userId }: LiveProps) {
  const session = useSession();
  const client = useQueryClient();
  const accounts = useAccounts().data;
  useAttached({ feed, userId });
  useReauth(session, feed);
  useReconnectNow(feed);
  useUnnumbered();
  useEffect(() => {
    for (const account of accounts ?? []) feed.track(account.id, account.seq);
  }, [feed, accounts]);
  useRunning(feed, accounts !== undefined);
  useFeedListener({
    onChange: ({ event, data }, accountId) => {
      // Changes about the user belong to no account.
      if (accountId === null) return;
      const isKnown = accounts?.some((account) => account.id === accountId) ?? false;
      if (event === "account:updated") applyAccount(client, data);
      if (!isKnown) void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
    },
    onReset: (_, account) => {
      replaceAccount(client, account);
      void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
    },
    onLeft: (accountId) => removeAccount(client, accountId),
  });
  return null;
}
