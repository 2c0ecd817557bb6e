/** A second change of the same chats waits for the first, and builds on the states that it led to. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeChat } from "@/testing/factories";
import type { ChangeChats, ChangedChats, Chat } from "@/types/wire";
import type { InboxStore } from "@/features/inbox/data/store";
import { makeInboxStore } from "@/testing/store";
import { assign, snooze } from "@/features/inbox/status/stateActions";
import { forAll, type BulkAction } from "./bulkActions";
import { partsOf } from "./bulkRequests";
import { sendPart } from "./sendPart";

const ANA = { id: 1, name: "Ana" };
const assigned = forAll(() => assign(ANA, null));
const snoozed = forAll(() => snooze("2027-01-01T08:00:00.000Z", false));

describe("two changes in a row", () => {
  const chats = [makeChat({ id: 1, state_seq: 10 }), makeChat({ id: 2, state_seq: 20 })];
  const api = { changeChats: vi.fn() };
  let store: InboxStore;

  const run = async (action: BulkAction) => {
    const [part] = partsOf(chats, (chat) => action.changeOf(chat).request);
    if (part === undefined) throw new Error("There is no part.");
    return sendPart({ api, store }, part, action.changeOf);
  };
  const answer = (rows: readonly Chat[]): ChangedChats => ({ changed: [...rows], unchanged: [], skipped: [] });
  const sent = () => api.changeChats.mock.calls.map(([, body]: unknown[]) => (body as ChangeChats).state_seqs);

  beforeEach(() => {
    vi.resetAllMocks();
    store = makeInboxStore();
  });

  it("are sent one after the other, the second with the states of the first", async () => {
    let finish: ((answer: ChangedChats) => void) | undefined;
    api.changeChats.mockReturnValueOnce(new Promise<ChangedChats>((resolve) => (finish = resolve)));
    api.changeChats.mockResolvedValueOnce(answer([]));
    const both = [run(assigned), run(snoozed)];
    await vi.waitFor(() => expect(sent()).toEqual([{ 1: 10, 2: 20 }]));
    finish?.(answer([makeChat({ id: 1, state_seq: 11 }), makeChat({ id: 2, state_seq: 21 })]));
    await Promise.all(both);
    expect(sent()).toEqual([{ 1: 10, 2: 20 }, { 1: 11, 2: 21 }]);
  });

  it("keep what was seen of a chat that the first left as it was", async () => {
    api.changeChats.mockResolvedValueOnce({ ...answer([makeChat({ id: 1, state_seq: 11 })]), skipped: [{ chat_id: 2, code: "changed" }] });
    api.changeChats.mockResolvedValueOnce(answer([]));
    await Promise.all([run(assigned), run(snoozed)]);
    expect(sent()[1]).toEqual({ 1: 11, 2: 20 });
  });

  it("do not block one another when the first fails", async () => {
    api.changeChats.mockRejectedValueOnce(new Error("offline"));
    api.changeChats.mockResolvedValueOnce(answer([]));
    const first = run(assigned);
    const second = run(snoozed);
    await expect(first).rejects.toThrow("offline");
    await second;
    expect(sent()).toEqual([{ 1: 10, 2: 20 }, { 1: 10, 2: 20 }]);
  });
});
