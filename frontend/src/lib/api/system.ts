/** The state of the installation, and dead letters: for owners. */
import type { DeadLetter, OneDeadLetter, Page, System } from "@/types/wire";
import type { Send } from "./client";

const DEAD_LETTERS = "/api/admin/dead-letters";

export function systemRoutes(signed: Send) {
  return {
    fetchSystem: (signal?: AbortSignal) => signed<System>("/api/admin/health", { signal }),
    listDeadLetters: (cursor: string | null, signal?: AbortSignal) =>
      signed<Page<DeadLetter>>(cursor === null ? DEAD_LETTERS : `${DEAD_LETTERS}?cursor=${encodeURIComponent(cursor)}`, { signal }),
    fetchDeadLetter: (id: number, signal?: AbortSignal) => signed<OneDeadLetter>(`${DEAD_LETTERS}/${id}`, { signal }),
    redriveDeadLetter: (id: number) => signed<undefined>(`${DEAD_LETTERS}/${id}/redrive`, { method: "POST", body: {} }),
    dropDeadLetter: (id: number) => signed<undefined>(`${DEAD_LETTERS}/${id}`, { method: "DELETE" }),
  };
}
