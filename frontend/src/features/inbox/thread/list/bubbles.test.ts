import { describe, expect, it, vi } from "vitest";
import { makeMessage, makeSender, permutations, READ } from "@/testing/factories";
import type { Message } from "@/types/wire";
import { mergeBubbles } from "./bubbles";
import { groupByDay } from "@/features/inbox/thread/scroll/threadRows";
import type { Pending } from "@/features/inbox/data/pending";
import { makeInboxStore } from "@/testing/store";

const NO_ROWS: readonly Message[] = [];
const at = (minute: number) => `2026-03-02T09:${String(minute).padStart(2, "0")}:00.000Z`;

function makePending(fields: Partial<Pending> = {}): Pending {
  return { clientId: "x", accountId: 1, chatId: 10, text: "Hi", createdAt: at(0), error: null, ...fields };
}

function makeStore() {
  let settle: { resolve: (message: Message) => void; reject: (error: Error) => void } | null = null;
  const post = vi.fn(
    () =>
      new Promise<readonly Message[]>((resolve, reject) => (settle = { resolve: (row) => resolve([row]), reject })),
  );
  const store = makeInboxStore({ post });
  const bubbles = () => {
    const { messages, pending } = store.getSnapshot();
    return mergeBubbles(NO_ROWS, messages.get(10)?.values() ?? [], pending, READ);
  };
  return { store, post, bubbles, settle: () => settle };
}

describe("an outgoing message", () => {
  const row = (seq: number, status: Message["status"]) =>
    makeMessage({ id: 500, client_id: "x", direction: "out", sender: null, status, seq });
  const steps = {
    answer: row(5, "sending"),
    sent: row(6, "sent"),
    delivered: row(8, "delivered"),
    read: row(10, "read"),
  };

  it.each(permutations(Object.keys(steps) as (keyof typeof steps)[]).map((order) => [order.join(", "), order] as const))(
    "is one bubble and ends as read: %s",
    async (_, order) => {
      vi.useFakeTimers();
      const { store, bubbles, settle } = makeStore();
      const sending = store.send(1, 10, "Hi", "x");
      const shown = new Set<number>();
      store.subscribe(() => shown.add(bubbles().length));
      await vi.advanceTimersByTimeAsync(0);
      expect(bubbles()).toMatchObject([{ key: "x", status: "sending" }]);
      for (const step of order) {
        if (step === "answer") {
          settle()?.resolve(steps.answer);
          await sending;
        } else store.applyMessage(steps[step]);
        await vi.advanceTimersByTimeAsync(20);
        expect(bubbles()).toHaveLength(1);
        expect(bubbles()[0]?.key).toBe("x");
      }
      expect(bubbles()).toMatchObject([{ key: "x", status: "read" }]);
      expect([...shown]).toEqual([1]);
      vi.useRealTimers();
    },
  );

  it("can be retried with the same client id after a failure", async () => {
    const { store, post, bubbles, settle } = makeStore();
    const sending = store.send(1, 10, "Hi", "x");
    await vi.waitFor(() => expect(post).toHaveBeenCalledTimes(1));
    settle()?.reject(new Error("away"));
    await sending;
    expect(bubbles()).toMatchObject([{ key: "x", status: "failed", error: "Error: away" }]);
    const retry = store.retry("x");
    expect(bubbles()).toMatchObject([{ key: "x", status: "sending" }]);
    await vi.waitFor(() => expect(post).toHaveBeenCalledTimes(2));
    expect(post).toHaveBeenLastCalledWith(expect.objectContaining({ chatId: 10, text: "Hi", clientId: "x" }), expect.objectContaining({ signal: expect.any(AbortSignal) as AbortSignal }));
    settle()?.resolve(steps.answer);
    await retry;
    await vi.waitFor(() => expect(bubbles()).toMatchObject([{ key: "x", pending: null }]));
  });

  it("is confirmed by an event although its request failed", async () => {
    const { store, post, bubbles, settle } = makeStore();
    const sending = store.send(1, 10, "Hi", "x");
    await vi.waitFor(() => expect(post).toHaveBeenCalled());
    store.applyMessage(steps.sent);
    settle()?.reject(new Error("time-out"));
    await sending;
    await vi.waitFor(() => expect(bubbles()).toMatchObject([{ key: "x", status: "sent", error: null }]));
  });

  it("waits for the one before", async () => {
    const { store, post, settle } = makeStore();
    void store.send(1, 10, "first", "x");
    const second = store.send(1, 10, "second", "y");
    await vi.waitFor(() => expect(post).toHaveBeenCalledTimes(1));
    settle()?.reject(new Error("away"));
    await vi.waitFor(() => expect(post).toHaveBeenCalledTimes(2));
    settle()?.resolve(makeMessage({ id: 501, client_id: "y", direction: "out", seq: 7 }));
    await second;
  });
});

describe("mergeBubbles", () => {
  it("keeps the newer of two versions, whichever list it is in", () => {
    const old = makeMessage({ seq: 3, body: "old" });
    const edited = makeMessage({ seq: 4, body: "new", edited_at: at(5) });
    expect(mergeBubbles([old], [edited], [], READ)).toMatchObject([{ body: "new", isEdited: true }]);
    expect(mergeBubbles([edited], [old], [], READ)).toMatchObject([{ body: "new" }]);
  });

  it("orders by time, then id, and unconfirmed ones last whatever the clock says", () => {
    const rows = [
      makeMessage({ id: 3, sent_at: at(2), body: "c" }),
      makeMessage({ id: 2, sent_at: at(1), body: "b" }),
      makeMessage({ id: 1, sent_at: at(1), body: "a" }),
    ];
    const bubbles = mergeBubbles(rows, [], [makePending({ text: "d", createdAt: at(0) })], READ);
    expect(bubbles.map((bubble) => bubble.body)).toEqual(["a", "b", "c", "d"]);
  });

  it("shows the time of a wrong clock, and does not order by it", () => {
    const ahead = makeMessage({ id: 1, sent_at: at(50), ordered_at: at(1), body: "ahead" });
    const later = makeMessage({ id: 2, sent_at: at(2), ordered_at: at(2), body: "later" });
    const bubbles = mergeBubbles([later, ahead], [], [], READ);
    expect(bubbles.map((bubble) => bubble.body)).toEqual(["ahead", "later"]);
    expect(bubbles[0]?.sentAt).toBe(at(50));
    expect(bubbles[0]?.orderedAt).toBe(at(1));
  });

  it("leaves out a live row older than the range that was read", () => {
    const fetched = [makeMessage({ id: 5, sent_at: at(5) })];
    const live = [makeMessage({ id: 1, sent_at: at(1), seq: 9 })];
    expect(mergeBubbles(fetched, live, [], { hasOlder: true, hasNewer: false })).toHaveLength(1);
    expect(mergeBubbles(fetched, live, [], READ)).toHaveLength(2);
  });

  it("leaves out newer and pending messages until the end is reached", () => {
    const fetched = [makeMessage({ id: 1, sent_at: at(3) }), makeMessage({ id: 2, sent_at: at(4) })];
    const live = [makeMessage({ id: 3, sent_at: at(9) }), makeMessage({ id: 2, sent_at: at(4), seq: 9, body: "edited" })];
    const own = [makePending()];
    const middle = mergeBubbles(fetched, live, own, { hasOlder: true, hasNewer: true });
    expect(middle.map((bubble) => bubble.body)).toEqual(["Hello", "edited"]);
    const end = mergeBubbles(fetched, live, own, { hasOlder: true, hasNewer: false });
    expect(end.map((bubble) => bubble.key)).toEqual(["m1", "m2", "m3", "x"]);
  });
});

describe("InboxStore", () => {
  it("drops an event that is not newer than the row it has", () => {
    const { store } = makeStore();
    expect(store.applyMessage(makeMessage({ seq: 5 }))).toBe(true);
    expect(store.applyMessage(makeMessage({ seq: 5 }))).toBe(false);
    expect(store.applyMessage(makeMessage({ seq: 4 }))).toBe(false);
  });
});

it("shows a sender by their changed contact, under any of its ids", () => {
  const message = makeMessage({ sender: makeSender({ provider_id: "2@c", name: null }) });
  const store = makeInboxStore();
  const contact = { id: 3, seq: 9, account_id: 1, provider_id: "1@lid", provider_ids: ["1@lid", "2@c"], phone: null };
  store.applyContact({ ...contact, name: "Ana", avatar: "a1" });
  store.applyContact({ ...contact, seq: 8, name: "Older", avatar: null });
  store.discard("");
  const shown = () => mergeBubbles([message], [], [], READ, new Map(), store.getSnapshot().contacts)[0];
  expect(shown()?.sender).toEqual({ id: "1@lid", name: "Ana", avatar: "a1" });
  expect(shown()).toBe(shown());
  store.forgetAccount(1);
  store.discard("");
  expect(shown()?.sender).toEqual({ id: "2@c", name: "Unknown", avatar: null });
});

it.each([
  [{ name: "\u3164", phone: "+5511988880000" }, "+5511988880000"],
  [{ name: "1@lid", phone: null }, "Unknown"],
  [{ name: ".", phone: "\u200b" }, "Unknown"],
  [{ name: "🌸", phone: "+5511988880000" }, "🌸"],
])("names a sender by name, else by phone (%#)", ({ name, phone }, wanted) => {
  const message = makeMessage({ sender: makeSender({ provider_id: "2@c", name, phone }) });
  expect(mergeBubbles([message], [], [], READ)[0]?.sender?.name).toBe(wanted);
});

describe("the author of a message", () => {
  const out = { direction: "out", sender: null, status: "sent" } as const;
  const authored = (author: Message["author"]) => mergeBubbles([makeMessage({ ...out, author })], [], [], READ, new Map(), new Map(), 7)[0]?.author;

  it.each<[string, Message["author"], Message["author"]]>([
    ["a colleague", { kind: "user", id: 8, name: "Ana" }, { kind: "user", id: 8, name: "Ana" }],
    ["a key", { kind: "api_key", id: 7, name: "Shop" }, { kind: "api_key", id: 7, name: "Shop" }],
    ["a rule", { kind: "rule", id: null, name: null }, { kind: "rule", id: null, name: null }],
    ["the phone", { kind: "phone", id: null, name: null }, { kind: "phone", id: null, name: null }],
    ["not the user", { kind: "user", id: 7, name: "Me" }, null],
    ["not a user who is gone", { kind: "user", id: 8, name: null }, null],
    ["not an unknown one", null, null],
  ])("is %s", (_, author, shown) => {
    expect(authored(author)).toEqual(shown);
  });

  it("is not continued by another one", () => {
    const rows = [null, { kind: "user", id: 8, name: "Ana" }, { kind: "user", id: 8, name: "Ana" }, { kind: "phone", id: null, name: null }] as const;
    const bubbles = mergeBubbles(rows.map((author, index) => makeMessage({ ...out, id: index + 1, author, sent_at: at(index) })), [], [], READ);
    const [day] = groupByDay(bubbles, { start: 0, end: 4 });
    expect(day?.rows.map((row) => "isContinued" in row && row.isContinued)).toEqual([false, false, true, false]);
  });
});
