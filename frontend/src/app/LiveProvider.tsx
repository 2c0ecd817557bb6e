/** For a signed-in user: provides the API routes and the socket's feed, and applies pushed accounts and usage. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { InboxProvider } from "@/features/inbox/InboxProvider";
import { useSession } from "@/features/session/context";
import type { Session } from "@/features/session/session";
import { ACCOUNTS_KEY, applyAccount, removeAccount, replaceAccount, useAccounts } from "@/lib/accounts";
import { createSend } from "@/lib/api/client";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { applyMonth } from "@/lib/usage";
import { findTabServices } from "@/lib/channel";
import { FeedContext, useFeedListener } from "@/lib/socket/context";
import { Feed } from "@/lib/socket/feed";
import type { User } from "@/types/wire";

function socketUrl(): string {
  const { protocol, host } = window.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/ws`;
}

function createLive(session: Session, userId: number) {
  const credentials = { token: () => session.token, renew: () => session.renew() };
  const api = createRoutes(createSend(credentials));
  const feed = new Feed({ api, userId, url: socketUrl(), tabServices: findTabServices(), ...credentials });
  return { api, feed };
}

interface LiveProviderProps {
  readonly user: User;
  readonly children: ReactNode;
}

export function LiveProvider({ user, children }: LiveProviderProps) {
  const session = useSession();
  const [{ api, feed }] = useState(() => createLive(session, user.id));
  useReauth(session, feed);
  useReconnectNow(feed);
  return (
    <ApiContext value={api}>
      <FeedContext value={feed}>
        <LiveAccounts feed={feed} />
        <InboxProvider userId={user.id}>{children}</InboxProvider>
      </FeedContext>
    </ApiContext>
  );
}

/** Sends a renewed token to the open socket too. */
function useReauth(session: Session, feed: Feed): void {
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
function useReconnectNow(feed: Feed): void {
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
function useRunning(feed: Feed, isReady: boolean): void {
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
function LiveAccounts({ feed }: { readonly feed: Feed }) {
  const client = useQueryClient();
  const accounts = useAccounts().data;
  useEffect(() => {
    for (const account of accounts ?? []) feed.track(account.id, account.seq);
  }, [feed, accounts]);
  useRunning(feed, accounts !== undefined);
  useFeedListener({
    onChange: ({ event, data }, accountId) => {
      if (event === "usage:updated") applyMonth(client, data);
      if (event === "rights:changed") {
        void client.invalidateQueries({ queryKey: ME_KEY });
        void client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
      }
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
