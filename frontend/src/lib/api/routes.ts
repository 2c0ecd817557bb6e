/** Every route of the server this app calls, one function each. */
import type { Account, Changes, Chat, Config, Connected, Message, Page, SignedIn } from "@/types/wire";
import { send, type Send } from "./client";

const CHANNEL = "/api/channels/whatsapp";
const CHANGES_LIMIT = 500;

/** A header no other site can send without our leave: it keeps the refresh cookie from being used across sites. */
const OWN_SITE = { "X-Confab": "1" };

export const login = (email: string, password: string) =>
  send<SignedIn>("/api/auth/login", { method: "POST", body: { email, password }, headers: OWN_SITE });

export const refresh = () => send<SignedIn>("/api/auth/refresh", { method: "POST", headers: OWN_SITE });

export const logout = (token: string | null) =>
  send<undefined>("/api/auth/logout", { method: "POST", headers: OWN_SITE, token });

export const fetchConfig = (signal?: AbortSignal) => send<Config>("/api/config", { signal });

function withCursor(path: string, cursor: string | null, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set("cursor", cursor);
  return `${path}?${query.toString()}`;
}

function accountRoutes(signed: Send) {
  return {
    listAccounts: async (signal?: AbortSignal) => {
      const accounts: Account[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<Account> = await signed(withCursor(`${CHANNEL}/accounts`, cursor, 100), { signal });
        accounts.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return accounts;
    },

    fetchAccount: async (accountId: number) => {
      const answer = await signed<Account | { account: Account }>(`${CHANNEL}/${accountId}`);
      return "account" in answer ? answer.account : answer;
    },

    connectAccount: () => signed<Connected>(`${CHANNEL}/connect`, { method: "POST", body: {} }),

    reconnectAccount: (accountId: number) =>
      signed<Connected>(`${CHANNEL}/${accountId}/reconnect`, { method: "POST", body: {} }),

    disconnectAccount: (accountId: number) => signed<undefined>(`${CHANNEL}/${accountId}`, { method: "DELETE" }),

    listChanges: (accountId: number, since: number) =>
      signed<Changes>(`${CHANNEL}/${accountId}/changes?since=${since}&limit=${CHANGES_LIMIT}`),
  };
}

const chatPath = (accountId: number, chatId: number) => `${CHANNEL}/${accountId}/chats/${chatId}`;

function chatRoutes(signed: Send) {
  return {
    listChats: (accountId: number, cursor: string | null, limit: number, signal?: AbortSignal) =>
      signed<Page<Chat>>(withCursor(`${CHANNEL}/${accountId}/chats`, cursor, limit), { signal }),

    fetchChat: async (accountId: number, chatId: number, signal?: AbortSignal) => {
      const answer = await signed<Chat | { chat: Chat }>(chatPath(accountId, chatId), { signal });
      return "chat" in answer ? answer.chat : answer;
    },

    markChatRead: async (accountId: number, chatId: number) => {
      const request = { method: "PATCH", body: { read: true } } as const;
      return (await signed<{ chat: Chat }>(chatPath(accountId, chatId), request)).chat;
    },

    listMessages: (accountId: number, chatId: number, cursor: string | null, limit: number, signal?: AbortSignal) =>
      signed<Page<Message>>(withCursor(`${chatPath(accountId, chatId)}/messages`, cursor, limit), { signal }),

    sendMessage: async (accountId: number, chatId: number, text: string, clientId: string) => {
      const request = { method: "POST", body: { text, client_id: clientId } } as const;
      return (await signed<{ message: Message }>(`${chatPath(accountId, chatId)}/send`, request)).message;
    },
  };
}

/** The routes that need somebody signed in. */
export function createRoutes(signed: Send) {
  return { ...accountRoutes(signed), ...chatRoutes(signed) };
}

export type Api = ReturnType<typeof createRoutes>;
