/** The routes for the office hours of a number, and for what it answers by itself. */
import type { AutoReplies, OneHours, PutAutoReplies, PutHours } from "@/types/wire";
import type { Send } from "./client";

interface Answer {
  readonly auto_replies: AutoReplies;
}

export function hoursRoutes(signed: Send) {
  const path = (accountId: number, of: "hours" | "auto-replies") => `/api/channels/whatsapp/${accountId}/${of}`;
  return {
    fetchHours: (accountId: number, signal?: AbortSignal) => signed<OneHours>(path(accountId, "hours"), { signal }),

    /** Null: always open. */
    setHours: (accountId: number, body: PutHours | null) =>
      signed<OneHours | undefined>(path(accountId, "hours"), body === null ? { method: "DELETE" } : { method: "PUT", body }),

    fetchAutoReplies: async (accountId: number, signal?: AbortSignal) =>
      (await signed<Answer>(path(accountId, "auto-replies"), { signal })).auto_replies,

    setAutoReplies: async (accountId: number, body: PutAutoReplies) =>
      (await signed<Answer>(path(accountId, "auto-replies"), { method: "PUT", body })).auto_replies,
  };
}
