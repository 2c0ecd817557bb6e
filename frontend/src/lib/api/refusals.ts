/** Numbers that were connected on UniPile's page and cannot be had: kept for whoever asked for the page until they have seen it. */
import type { Page } from "@/types/wire";
import type { Send } from "./client";

const PLACE = "/api/channels/whatsapp/refusals";

export interface Refusal {
  readonly id: number;
  readonly phone: string | null;
  readonly error: { readonly message: string };
}

export function refusalRoutes(signed: Send) {
  return {
    /** Newest first. */
    listRefusals: async (signal?: AbortSignal) => (await signed<Page<Refusal>>(`${PLACE}?limit=20`, { signal })).items,

    dismissRefusal: (refusalId: number) => signed<undefined>(`${PLACE}/${refusalId}`, { method: "DELETE" }),
  };
}
