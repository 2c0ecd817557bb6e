/** The routes that the navigation and the list of chats call; those of later parts come with them. */
import type { Account, Chat, Label, Me, Page, PrivatelyLabelled, SharedDraft } from "@/types/wire";
import { chatListRoutes, withCursor } from "./chatLists";
import type { Send } from "./client";
import { mediaRoutes } from "./media";
import { planRoutes } from "./plans";

const CHANNEL = "/api/channels/whatsapp";

/** The fields of a chat that can be changed. */
export interface ChatPatch {
  readonly read?: boolean;
  /** With `read`: the `arrived_seq` of the newest message that was shown. */
  readonly read_seq?: number;
  readonly archived?: boolean;
  readonly pinned?: boolean;
  readonly muted_until?: string | null;
}

const chatPath = (accountId: number, chatId: number) => `${CHANNEL}/${accountId}/chats/${chatId}`;

async function listAll<T>(signed: Send, path: string, signal?: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await signed(withCursor(path, cursor, 100), { signal });
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

function listRoutes(signed: Send) {
  return {
    listAccounts: (signal?: AbortSignal) => listAll<Account>(signed, `${CHANNEL}/accounts`, signal),

    fetchChat: async (accountId: number, chatId: number, signal?: AbortSignal) =>
      (await signed<{ chat: Chat }>(chatPath(accountId, chatId), { signal })).chat,

    patchChat: async ({ account_id, id }: Pick<Chat, "account_id" | "id">, body: ChatPatch) =>
      (await signed<{ chat: Chat }>(chatPath(account_id, id), { method: "PATCH", body })).chat,

    fetchMe: (signal?: AbortSignal) => signed<Me>("/api/auth/me", { signal }),

    listLabels: async (signal?: AbortSignal) => (await signed<{ items: readonly Label[] }>("/api/labels", { signal })).items,

    listPrivateLabels: (signal?: AbortSignal): Promise<readonly PrivatelyLabelled[]> => listAll<PrivatelyLabelled>(signed, "/api/private-labels", signal),

    /** What colleagues share, in all numbers. */
    listSharedDrafts: (signal?: AbortSignal) => listAll<SharedDraft>(signed, `${CHANNEL}/drafts`, signal),
  };
}

export function firstRoutes(signed: Send, mediaKey: string) {
  return {
    /** For routes that have no function here. */
    send: signed,
    ...mediaRoutes(signed, mediaKey),
    ...chatListRoutes(signed),
    ...listRoutes(signed),
    ...planRoutes(signed),
  };
}

export type FirstApi = ReturnType<typeof firstRoutes>;
