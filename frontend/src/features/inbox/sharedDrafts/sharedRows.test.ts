/** The feed's order decides which of a colleague's drafts is shown; one's own is never among them. */
import { expect, it } from "vitest";
import type { SharedDraft } from "@/types/wire";
import { applyChange, byChat } from "./sharedRows";

const ME = 7;
const ANA = { id: 9, name: "Ana Alves" };

const draft = (text: string, seq: number, fields: Partial<SharedDraft> = {}): SharedDraft => ({
  account_id: 1,
  chat_id: 10,
  user: ANA,
  text,
  written_at: text === "" ? null : "2026-03-02T09:00:00.000Z",
  seq,
  ...fields,
});
const after = (...drafts: readonly SharedDraft[]) => drafts.reduce<readonly SharedDraft[]>((rows, data) => applyChange(rows, { event: "draft:updated", data }, ME), []);

it("keeps the newest text of each colleague in a chat, the newest first", () => {
  const bruno = draft("Bruno's", 5, { user: { id: 11, name: "Bruno" } });
  const rows = after(draft("Bom", 3), bruno, draft("Bom dia", 6), draft("Elsewhere", 7, { chat_id: 11 }), draft("Bom d", 4));
  const shared = byChat(rows);
  expect(shared.get(10)?.map(({ text }) => text)).toEqual(["Bom dia", "Bruno's"]);
  expect(shared.get(11)?.map(({ text }) => text)).toEqual(["Elsewhere"]);
});

it("drops what is shared no more, what was erased, and one's own", () => {
  expect(after(draft("Bom dia", 3), draft("", 4))).toEqual([]);
  expect(after(draft("Mine", 3, { user: { id: ME, name: "Me" } }))).toEqual([]);
  const erased = { event: "chat:erased", data: { id: 10, account_id: 1, chat_id: 10, seq: 8, before: null } } as const;
  expect(applyChange(after(draft("Bom dia", 3), draft("Else", 4, { chat_id: 11 })), erased, ME).map(({ chat_id }) => chat_id)).toEqual([11]);
});
