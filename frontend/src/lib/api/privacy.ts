/** Erasing and exporting, for whoever manages a number. */
import type { Account, AccountErasure, Erasure, Export, Page } from "@/types/wire";
import type { Send } from "./client";

export function privacyRoutes(signed: Send) {
  const place = (accountId: number) => `/api/channels/whatsapp/${accountId}`;
  return {
    eraseContact: async (accountId: number, contactId: number) =>
      (await signed<{ erasure: Erasure }>(`${place(accountId)}/contacts/${contactId}`, { method: "DELETE" })).erasure,

    eraseAccount: async (accountId: number) =>
      (await signed<{ erasure: AccountErasure }>(`${place(accountId)}/erasure`, { method: "POST" })).erasure,

    /** Newest first; those that are under way are among them. */
    listErasures: async (signal?: AbortSignal) =>
      (await signed<Page<AccountErasure>>("/api/channels/whatsapp/erasures?limit=20", { signal })).items,

    listExports: async (accountId: number, signal?: AbortSignal) =>
      (await signed<Page<Export>>(`${place(accountId)}/exports?limit=20`, { signal })).items,

    requestExport: async (accountId: number, contactId: number | null, withMedia: boolean) => {
      const body = { contact_id: contactId, with_media: withMedia };
      return (await signed<{ export: Export }>(`${place(accountId)}/exports`, { method: "POST", body })).export;
    },

    fetchExport: (accountId: number, exportId: number) =>
      signed<Blob>(`${place(accountId)}/exports/${exportId}/file`, { reads: "blob" }),

    /** Null: all messages are kept. */
    setRetention: async (accountId: number, retention_days: number | null) =>
      (await signed<{ account: Account }>(place(accountId), { method: "PATCH", body: { retention_days } })).account,
  };
}
