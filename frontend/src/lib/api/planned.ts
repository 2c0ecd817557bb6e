/** The routes for planned messages. */
import type { Page, PlannedInChat, PlannedMessage } from "@/types/wire";
import { withCursor } from "./chatLists";
import type { Send } from "./client";

interface OnePlanned {
  readonly planned: PlannedMessage;
}

export interface PlanBody {
  readonly text: string;
  readonly send_at: string;
  readonly quote_id: number | null;
  readonly client_id: string;
  readonly cancel_if_contact_writes: boolean;
}

/** Which of the planned messages of all accounts. */
export interface PlannedFilter {
  readonly state: "planned" | "failed";
  readonly isOwn: boolean;
}

type Ref = Pick<PlannedMessage, "account_id" | "chat_id" | "id">;

const PAGE = 50;

const pathOf = (accountId: number, chatId: number) => `/api/channels/whatsapp/${accountId}/chats/${chatId}/planned`;

export function plannedRoutes(signed: Send) {
  const act = async ({ account_id, chat_id, id }: Ref, rest: string, request: { readonly method: "POST" | "PATCH" | "DELETE"; readonly body?: object }) =>
    (await signed<OnePlanned>(`${pathOf(account_id, chat_id)}/${id}${rest}`, request)).planned;
  return {
    listPlanned: async (accountId: number, chatId: number, signal?: AbortSignal) =>
      (await signed<{ items: readonly PlannedMessage[] }>(pathOf(accountId, chatId), { signal })).items,

    listAllPlanned: ({ state, isOwn }: PlannedFilter, cursor: string | null, signal?: AbortSignal) =>
      signed<Page<PlannedInChat>>(`${withCursor("/api/channels/whatsapp/planned", cursor, PAGE)}&state=${state}${isOwn ? "&author=me" : ""}`, { signal }),

    planMessage: async (accountId: number, chatId: number, body: PlanBody) => (await signed<OnePlanned>(pathOf(accountId, chatId), { method: "POST", body })).planned,

    changePlanned: (planned: Ref, body: Partial<Pick<PlanBody, "text" | "send_at" | "cancel_if_contact_writes">>) => act(planned, "", { method: "PATCH", body }),

    cancelPlanned: (planned: Ref) => act(planned, "", { method: "DELETE" }),

    sendPlannedNow: (planned: Ref) => act(planned, "/send-now", { method: "POST" }),
  };
}
