// @vitest-environment jsdom -- names come from the catalogue, in the language of the browser
import { expect, it, vi } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import type { Message } from "@/types/wire";
import { guessDeletion, guessEdit, guessReaction } from "./amendments";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { makeInboxStore } from "@/testing/store";

const ROW = makeMessage({ id: 5, direction: "out", sender: null, status: "sent", provider_msg_id: "p", seq: 10 });

const own = (value: string) => ({ value, sender: { provider_id: "", name: null }, is_own: true });

function makeStore() {
  const store = makeInboxStore();
  const bubble = () => {
    const { messages, guesses } = store.getSnapshot();
    return mergeBubbles([ROW], messages.get(10)?.values() ?? [], [], READ, guesses)[0];
  };
  return { store, bubble };
}

it("shows a change immediately, then the server's row", async () => {
  const { store, bubble } = makeStore();
  let answer: (row: Message) => void = vi.fn();
  const done = store.amend(guessEdit(ROW, "Better"), () => new Promise((resolve) => (answer = resolve)));
  expect(bubble()).toMatchObject({ body: "Better", isEdited: true });
  answer({ ...ROW, body: "Better!", edited_at: ROW.sent_at, seq: 11 });
  await done;
  await vi.waitFor(() => expect(bubble()).toMatchObject({ body: "Better!", isEdited: true }));
});

it("reverts the change when it is rejected", async () => {
  const { store, bubble } = makeStore();
  const done = store.amend(guessDeletion(ROW), () => Promise.reject(new Error("too late")));
  expect(bubble()).toMatchObject({ isDeleted: true });
  await expect(done).rejects.toThrow("too late");
  await vi.waitFor(() => expect(bubble()).toMatchObject({ isDeleted: false, body: "Hello" }));
});

it("is replaced by a newer row, whatever the response says later", async () => {
  const { store, bubble } = makeStore();
  let answer: (row: Message) => void = vi.fn();
  const done = store.amend(guessReaction(ROW, "👍"), () => new Promise((resolve) => (answer = resolve)));
  expect(bubble()?.reactions).toMatchObject([{ value: "👍", is_own: true }]);
  store.applyMessage({ ...ROW, seq: 12, reactions: [own("😂")] });
  await vi.waitFor(() => expect(bubble()?.reactions).toMatchObject([{ value: "😂" }]));
  answer({ ...ROW, seq: 11, reactions: [own("👍")] });
  await done;
  expect(bubble()?.reactions).toMatchObject([{ value: "😂" }]);
});

it("replaces only the own reaction", () => {
  const ana = { value: "👍", sender: { provider_id: "a", name: "Ana" }, is_own: false };
  const row = { ...ROW, reactions: [ana, own("😂")] };
  expect(guessReaction(row, "🙏").reactions).toMatchObject([ana, { value: "🙏", is_own: true }]);
  expect(guessReaction(row, null).reactions).toEqual([ana]);
});
