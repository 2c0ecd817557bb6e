/** Erasure, export and retention, for users who manage an account. */
import type { Account, AccountErasure, Erasure, Export, Page } from "@/types/wire";
import type { Send } from "./client";

export function privacyRoutes(signed: Send) {
  const path = (accountId: number) => `/api/channels/whatsapp/${accountId}`;
  return {
    eraseContact: async (accountId: number, contactId: number) =>
      (await signed<{ erasure: Erasure }>(`${path(accountId)}/contacts/${contactId}`, { method: "DELETE" })).erasure,

    eraseAccount: async (accountId: number) =>
      (await signed<{ erasure: AccountErasure }>(`${path(accountId)}/erasure`, { method: "POST" })).erasure,

    /** Newest first, running ones included. */
    listErasures: async (signal?: AbortSignal) =>
      (await signed<Page<AccountErasure>>("/api/channels/whatsapp/erasures?limit=20", { signal })).items,

    listExports: async (accountId: number, signal?: AbortSignal) =>
      (await signed<Page<Export>>(`${path(accountId)}/exports?limit=20`, { signal })).items,

    requestExport: async (accountId: number, contactId: number | null, withMedia: boolean) => {
      const body = { contact_id: contactId, with_media: withMedia };
      return (await signed<{ export: Export }>(`${path(accountId)}/exports`, { method: "POST", body })).export;
    },

    fetchExport: (accountId: number, exportId: number) =>
      signed<Blob>(`${path(accountId)}/exports/${exportId}/file`, { reads: "blob" }),

    /** Null keeps all messages. */
    setRetention: async (accountId: number, retention_days: number | null) =>
      (await signed<{ account: Account }>(path(accountId), { method: "PATCH", body: { retention_days } })).account,
  };
}
