import { describe, expect, it, vi } from "vitest";
import type { Note } from "@/types/wire";
import { Tombstones } from "@/features/inbox/data/tombstones";
import type { Pending } from "@/features/inbox/data/pending";
import { makeNotebook } from "@/testing/notebook";
import type { Notebook } from "./notebook";

const CHAT = 10;
const makeNote = (fields: Partial<Note> = {}): Note => ({
  id: 1,
  account_id: 1,
  chat_id: CHAT,
  client_id: "c1",
  author: { kind: "user", id: 7, name: "Ana" },
  body: "Call her",
  mentions: [],
  created_at: "2026-03-02T12:00:00.000Z",
  edited_at: null,
  deleted_at: null,
  seq: 5,
  ...fields,
});
const entry = { clientId: "c1", accountId: 1, chatId: CHAT, text: "Call her", createdAt: "2026-03-02T12:00:00.000Z", error: null };

const open = (post: (entry: Pending) => Promise<Note>, isCached = true) => makeNotebook({ post, isCached });

/** A request whose answer the test gives. */
function makeAnswer() {
  let resolve: (note: Note) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<Note>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}

const shown = (notes: Notebook) => {
  const { rows, guesses, pending } = notes.getSnapshot();
  const stored = [...(rows.get(CHAT)?.values() ?? [])].map((note) => (guesses.get(note.id) ?? note).body);
  return { stored, unsent: pending.map(({ text, error }) => (error === null ? text : `${text}!`)) };
};

describe("a note", () => {
  it("is shown before the server has it, and once afterwards", async () => {
    const answer = makeAnswer();
    const notes = open(() => answer.promise);
    const added = notes.outbox.add(entry);
    expect(shown(notes)).toEqual({ stored: [], unsent: ["Call her"] });
    answer.resolve(makeNote());
    await added;
    expect(shown(notes)).toEqual({ stored: ["Call her"], unsent: [] });
  });

  it("is sent again with its client id, and waits meanwhile", async () => {
    const post = vi.fn<(entry: Pending) => Promise<Note>>().mockRejectedValueOnce(new TypeError("away")).mockResolvedValue(makeNote());
    const notes = open(post);
    await notes.outbox.add(entry);
    expect(shown(notes)).toEqual({ stored: [], unsent: ["Call her"] });
    await notes.outbox.retry("c1");
    expect(post.mock.calls.map(([{ clientId }]) => clientId)).toEqual(["c1", "c1"]);
    expect(shown(notes)).toEqual({ stored: ["Call her"], unsent: [] });
  });

  it("stays with the reason when it is refused", async () => {
    const notes = open(() => Promise.reject(new Error("no access")));
    await notes.outbox.add(entry);
    expect(shown(notes).unsent).toEqual(["Call her!"]);
  });

  it("that came by the socket replaces the unsent one", async () => {
    const notes = open(() => new Promise(() => undefined), false);
    void notes.outbox.add(entry);
    await Promise.resolve();
    notes.apply(makeNote());
    expect(shown(notes)).toEqual({ stored: [], unsent: [] }); // of a chat that is not open only what is unsent is held
  });

  it("is the newest version, and a refused change is taken back", async () => {
    const notes = open(() => Promise.reject(new Error("not asked")));
    notes.apply(makeNote({ seq: 7, body: "Newer" }));
    notes.apply(makeNote({ seq: 6, body: "Older" }));
    expect(shown(notes).stored).toEqual(["Newer"]);
    const answer = makeAnswer();
    const amended = notes.amend(makeNote({ seq: 7, body: "Changed" }), () => answer.promise);
    expect(shown(notes).stored).toEqual(["Changed"]);
    answer.reject(new Error("too late"));
    await expect(amended).rejects.toThrow("too late");
    expect(shown(notes).stored).toEqual(["Newer"]);
  });

  it("goes with what was erased, and with the account", async () => {
    const notes = open(() => Promise.reject(new Error("no access")));
    notes.apply(makeNote());
    notes.apply(makeNote({ id: 2, client_id: "c2", created_at: "2026-03-03T12:00:00.000Z", body: "Later" }));
    const trimmed = { id: CHAT, account_id: 1, chat_id: CHAT, seq: 9, before: "2026-03-03T00:00:00.000Z" };
    notes.erase(new Tombstones().with({ event: "chat:trimmed", data: trimmed }));
    expect(shown(notes).stored).toEqual(["Later"]);
    await notes.outbox.add(entry);
    notes.leaveAccount(1);
    expect(shown(notes)).toEqual({ stored: [], unsent: [] });
  });
});
