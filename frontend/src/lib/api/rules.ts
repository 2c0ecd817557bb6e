/** The routes for rules and macros. */
import type { Chat, ChangedMacro, ChangedRule, Macro, NewMacro, NewRule, Page, Rule, RuleRun, RuleTrial, TriedRule } from "@/types/wire";
import { withCursor } from "./chatLists";
import type { Send } from "./client";

export function ruleRoutes(signed: Send) {
  return {
    listRules: async (signal?: AbortSignal) => (await signed<{ items: readonly Rule[] }>("/api/rules", { signal })).items,

    createRule: async (body: NewRule) => (await signed<{ rule: Rule }>("/api/rules", { method: "POST", body })).rule,

    changeRule: async (id: number, body: ChangedRule) => (await signed<{ rule: Rule }>(`/api/rules/${id}`, { method: "PATCH", body })).rule,

    deleteRule: (id: number) => signed<undefined>(`/api/rules/${id}`, { method: "DELETE" }),

    tryRule: (body: TriedRule) => signed<RuleTrial>("/api/rules/try", { method: "POST", body }),

    listRuleRuns: (id: number, cursor: string | null, signal?: AbortSignal) => signed<Page<RuleRun>>(withCursor(`/api/rules/${id}/runs`, cursor, 20), { signal }),

    listMacros: async (signal?: AbortSignal) => (await signed<{ items: readonly Macro[] }>("/api/macros", { signal })).items,

    createMacro: async (body: NewMacro) => (await signed<{ macro: Macro }>("/api/macros", { method: "POST", body })).macro,

    changeMacro: async (id: number, body: ChangedMacro) => (await signed<{ macro: Macro }>(`/api/macros/${id}`, { method: "PATCH", body })).macro,

    deleteMacro: (id: number) => signed<undefined>(`/api/macros/${id}`, { method: "DELETE" }),

    runMacro: async ({ account_id, id }: Pick<Chat, "account_id" | "id">, macroId: number, client_id: string) =>
      (await signed<{ chat: Chat }>(`/api/channels/whatsapp/${account_id}/chats/${id}/macros/${macroId}`, { method: "POST", body: { client_id } })).chat,
  };
}
