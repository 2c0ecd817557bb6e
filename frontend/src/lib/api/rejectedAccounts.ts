/** Accounts that were connected on UniPile's page and had to be rejected: listed until the user has dismissed them. */
import type { Page, RejectedAccount } from "@/types/wire";
import type { Send } from "./client";

const PATH = "/api/channels/whatsapp/refusals";

export function rejectedAccountRoutes(signed: Send) {
  return {
    /** Newest first. */
    listRejectedAccounts: async (signal?: AbortSignal) =>
      (await signed<Page<RejectedAccount>>(`${PATH}?limit=20`, { signal })).items,

    dismissRejectedAccount: (id: number) => signed<undefined>(`${PATH}/${id}`, { method: "DELETE" }),
  };
}
