/** Unconfirmed changes of chats lie over the rows, in order, and are taken back one by one. */
import { describe, expect, it } from "vitest";
import { makeChat } from "@/testing/factories";
import { ChatGuesses, withGuess } from "./chatGuesses";
import { makeInboxStore } from "@/testing/store";

describe("ChatGuesses", () => {
  it("shows the newest of several changes, and what remains when one is taken back", () => {
    const guesses = new ChatGuesses();
    const chat = makeChat({ id: 7, archived: false, pinned: false });
    guesses.add(7, { pinned: true });
    const takeBack = guesses.add(7, { archived: true });
    guesses.add(7, { archived: false });
    expect(withGuess(chat, guesses.guessed)).toEqual({ ...chat, pinned: true });
    takeBack();
    expect(guesses.guessed.get(7)).toEqual({ pinned: true, archived: false });
  });

  it("leaves other chats as they are", () => {
    const guesses = new ChatGuesses();
    const takeBack = guesses.add(7, { pinned: true });
    const other = makeChat({ id: 8 });
    expect(withGuess(other, guesses.guessed)).toBe(other);
    takeBack();
    expect(guesses.guessed.size).toBe(0);
  });

  it("sends the requests of a chat one after the other, also after a failure", async () => {
    const guesses = new ChatGuesses();
    const order: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    const first = guesses.inOrder([7], () => new Promise<void>((_, reject) => (fail = reject)));
    const second = guesses.inOrder([7], async () => Promise.resolve(order.push("second")));
    const other = guesses.inOrder([8], async () => Promise.resolve(order.push("other chat")));
    await other;
    expect(order).toEqual(["other chat"]);
    fail(new Error("offline"));
    await expect(first).rejects.toThrow("offline");
    await second;
    expect(order).toEqual(["other chat", "second"]);
  });
});

it("tells the list which chats the user moved, also back when the server refuses", async () => {
  const store = makeInboxStore({ isThreadCached: () => false });
  const refused = store.changeChat(7, { pinned: true }, () => Promise.reject(new Error("no")));
  await store.changeChat(7, { unread_count: 0 }, () => Promise.resolve(makeChat({ id: 7 })));
  expect(store.getSnapshot().ownMoves).toEqual([7, 7]);
  await expect(refused).rejects.toThrow("no");
});
