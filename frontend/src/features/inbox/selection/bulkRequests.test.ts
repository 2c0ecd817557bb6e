/** A change of many chats asks each account once, and its undo gives every chat back what it had. */
import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { assign, close as closeOne, snooze, take } from "@/features/inbox/status/stateActions";
import { archive, close, forAll, unread, type BulkAction } from "./bulkActions";
import { partsOf, undoOf } from "./bulkRequests";

const ANA = { id: 1, name: "Ana" };
const BIA = { id: 2, name: "Bia" };
const SALES = { id: 7, name: "Sales" };

const partsFor = (chats: readonly Chat[], changeOf: BulkAction["changeOf"]) => partsOf(chats, (chat) => changeOf(chat).request);

describe("the requests", () => {
  it("are one for each account, with what was seen", () => {
    const chats = [makeChat({ id: 1, account_id: 5, state_seq: 11, seq: 21 }), makeChat({ id: 2, account_id: 6 }), makeChat({ id: 3, account_id: 5, state_seq: 12, seq: 22 })];
    const [first, second] = partsFor(chats, close.changeOf);
    expect(first?.body).toEqual({ action: "close", chat_ids: [1, 3], state_seqs: { 1: 11, 3: 12 }, seen_seqs: { 1: 21, 3: 22 } });
    expect(second?.accountId).toBe(6);
  });

  it("take at most 200 chats", () => {
    const chats = Array.from({ length: 201 }, (_, id) => makeChat({ id }));
    expect(partsFor(chats, archive.changeOf).map((part) => part.chats.length)).toEqual([200, 1]);
  });

  it("say nothing of states where none is changed", () => {
    expect(partsFor([makeChat({ id: 1 })], unread.changeOf)[0]?.body).toEqual({ action: "unread", chat_ids: [1] });
  });
});

describe("what is chosen for one chat is done to all", () => {
  const chats = [makeChat({ id: 1, team: SALES }), makeChat({ id: 2, team: null }), makeChat({ id: 3, team: SALES })];

  it("with the team that each of them has", () => {
    const parts = partsFor(chats, forAll((chat) => take(ANA, chat)).changeOf);
    expect(parts.map(({ body }) => [body.chat_ids, body.action, body.user_id, body.team_id])).toEqual([
      [[1, 3], "assign", 1, 7],
      [[2], "assign", 1, null],
    ]);
  });

  it("with a snooze that lasts, and a category", () => {
    const until = "2027-01-01T08:00:00.000Z";
    const bodyOf = (action: BulkAction) => action.changeOf(makeChat({ id: 1 })).request;
    expect(bodyOf(forAll(() => snooze(until, false)))).toEqual({ action: "snooze", until, wake_on_message: false });
    expect(bodyOf(forAll(() => closeOne("Order")))).toEqual({ action: "close", category: "Order" });
  });

  it("and is reported as what it is", () => {
    const textOf = (owner: typeof ANA | null, team: typeof SALES | null) => forAll(() => assign(owner, team)).text(makeChat({ id: 1 }));
    expect([textOf(ANA, null), textOf(null, SALES), textOf(null, null)]).toEqual(["selection.done.assign", "selection.done.assign", "selection.done.unassign"]);
  });
});

describe("an undo", () => {
  it("gives each chat back to whom it belonged", () => {
    const chats = [makeChat({ id: 1, assignee: BIA }), makeChat({ id: 2, assignee: null, team: SALES }), makeChat({ id: 3, assignee: BIA })];
    const changeOf = undoOf(forAll(() => assign(ANA, null)), new Map(chats.map((chat) => [chat.id, chat])));
    const parts = partsFor(chats.map((chat) => ({ ...chat, assignee: ANA, team: null, state_seq: 99 })), changeOf);
    expect(parts.map(({ body }) => [body.chat_ids, body.user_id, body.team_id, Object.values(body.state_seqs ?? {})])).toEqual([
      [[1, 3], 2, null, [99, 99]],
      [[2], null, 7, [99]],
    ]);
    expect(changeOf(makeChat({ id: 2, assignee: ANA })).change).toEqual({ assignee: null, team: SALES });
  });

  it("restores each status", () => {
    const until = "2027-01-01T08:00:00.000Z";
    const before = [makeChat({ id: 1, status: "open" }), makeChat({ id: 2, status: "snoozed", snoozed_until: until }), makeChat({ id: 3, status: "closed" })];
    const changeOf = undoOf(forAll(() => snooze("2028-01-01T08:00:00.000Z")), new Map(before.map((chat) => [chat.id, chat])));
    expect(before.map((chat) => changeOf(chat).request)).toEqual([{ action: "open" }, { action: "snooze", until }, { action: "close" }]);
  });
});
