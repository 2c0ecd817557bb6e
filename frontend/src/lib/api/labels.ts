/** The routes for labels, saved views, and changes of many chats at once. */
import type { ChangeChats, ChangedChats, Chat, Label, LabelColour, View, ViewCount, ViewQuery } from "@/types/wire";
import type { Send } from "./client";

const CHANNEL = "/api/channels/whatsapp";

export interface NewLabel {
  readonly name: string;
  readonly colour: LabelColour;
  readonly shared: boolean;
}

export interface NewView {
  readonly name: string;
  readonly query: ViewQuery;
  readonly shared: boolean;
}

export interface LabelledChat {
  readonly chat: Chat;
  readonly private_labels: readonly number[];
}

export function labelRoutes(signed: Send) {
  return {
    createLabel: async (body: NewLabel) => (await signed<{ label: Label }>("/api/labels", { method: "POST", body })).label,

    changeLabel: async (labelId: number, body: Partial<Omit<NewLabel, "shared">>) =>
      (await signed<{ label: Label }>(`/api/labels/${labelId}`, { method: "PATCH", body })).label,

    deleteLabel: (labelId: number) => signed<undefined>(`/api/labels/${labelId}`, { method: "DELETE" }),

    labelChat: ({ account_id, id }: Pick<Chat, "account_id" | "id">, labelId: number, isOn: boolean) =>
      signed<LabelledChat>(`${CHANNEL}/${account_id}/chats/${id}/labels/${labelId}`, { method: isOn ? "PUT" : "DELETE" }),

    changeChats: (accountId: number, body: ChangeChats) => signed<ChangedChats>(`${CHANNEL}/${accountId}/chats/bulk`, { method: "POST", body }),

    listViews: async (signal?: AbortSignal) => (await signed<{ items: readonly View[] }>("/api/views", { signal })).items,

    countViews: async (signal?: AbortSignal) => (await signed<{ items: readonly ViewCount[] }>("/api/views/counts", { signal })).items,

    createView: async (body: NewView) => (await signed<{ view: View }>("/api/views", { method: "POST", body })).view,

    changeView: async (viewId: number, body: { readonly name?: string; readonly query?: ViewQuery; readonly position?: number }) =>
      (await signed<{ view: View }>(`/api/views/${viewId}`, { method: "PATCH", body })).view,

    deleteView: (viewId: number) => signed<undefined>(`/api/views/${viewId}`, { method: "DELETE" }),
  };
}
