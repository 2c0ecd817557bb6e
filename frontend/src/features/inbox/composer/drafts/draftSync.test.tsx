/** What is typed is saved a second later, and of two devices the one that wrote later wins. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/lib/api/errors";
import type { Page, SavedDraft } from "@/types/wire";
import { Drafts } from "./drafts";
import { DraftSync, RETRY_MS, SAVE_MS } from "./draftSync";

const [ACCOUNT, CHAT] = [1, 10];
const START = Date.parse("2026-03-02T09:00:00.000Z");

function saved(text: string, writtenAt: number): SavedDraft {
  return { account_id: ACCOUNT, chat_id: CHAT, text, quoted: null, is_shared: false, written_at: new Date(writtenAt).toISOString(), seq: 1 };
}

function setUp() {
  const drafts = new Drafts(7);
  const saveDraft = vi.fn((_account: number, _chat: number, draft: { text: string; writtenAt: number }) =>
    Promise.resolve(saved(draft.text, draft.writtenAt)),
  );
  const listOwnDrafts = vi.fn((): Promise<Page<SavedDraft>> => Promise.resolve({ items: [], next_cursor: null }));
  const sync = new DraftSync(drafts, { saveDraft, listOwnDrafts });
  const close = sync.open();
  const type = (text: string) => drafts.change(CHAT, { accountId: ACCOUNT, text });
  const text = () => drafts.read(CHAT).text;
  return { drafts, sync, close, type, text, saveDraft, listOwnDrafts };
}

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ now: START });
});
afterEach(() => void vi.useRealTimers());

it("saves the last text, once, a second after it was typed", async () => {
  const { type, saveDraft, drafts, close } = setUp();
  type("Ol");
  await vi.advanceTimersByTimeAsync(SAVE_MS / 2);
  type("Olá");
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(saveDraft.mock.calls).toEqual([[ACCOUNT, CHAT, { text: "Olá", quoteId: null, isShared: false, writtenAt: START + SAVE_MS / 2 }]]);
  expect(drafts.read(CHAT).isSaved).toBe(true);
  await vi.advanceTimersByTimeAsync(RETRY_MS * 2);
  expect(saveDraft).toHaveBeenCalledTimes(1);
  close();
});

it("saves that it was sent or emptied", async () => {
  const { drafts, type, saveDraft, close } = setUp();
  type("Olá");
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  drafts.drop(CHAT);
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(saveDraft.mock.lastCall?.[2].text).toBe("");
  close();
});

it("keeps what was typed while it is being saved", async () => {
  const { type, text, saveDraft, close } = setUp();
  type("a");
  let answer: (draft: SavedDraft) => void = () => undefined;
  saveDraft.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  type("ab");
  answer(saved("a", START));
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(text()).toBe("ab");
  expect(saveDraft.mock.lastCall?.[2].text).toBe("ab");
  close();
});

it("tries again when the server could not be reached, and not when it refuses", async () => {
  const { type, text, saveDraft, close } = setUp();
  saveDraft.mockRejectedValueOnce(new ApiError(0, { code: "unreachable", message: "away", fields: {}, requestId: null }));
  type("a");
  await vi.advanceTimersByTimeAsync(SAVE_MS + RETRY_MS);
  expect(saveDraft).toHaveBeenCalledTimes(2);
  saveDraft.mockRejectedValueOnce(new ApiError(403, { code: "forbidden", message: "no", fields: {}, requestId: null }));
  type("b");
  await vi.advanceTimersByTimeAsync(SAVE_MS + RETRY_MS * 3);
  expect(saveDraft).toHaveBeenCalledTimes(3);
  expect(text()).toBe("b");
  close();
});

it("shows what another device wrote later, and not what it wrote before", async () => {
  const { sync, type, text, close } = setUp();
  type("here");
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  sync.take(saved("older", START - 1_000));
  expect(text()).toBe("here");
  sync.take(saved("newer", START + 5_000));
  expect(text()).toBe("newer");
  sync.take(saved("", START + 6_000));
  expect(text()).toBe("");
  close();
});

it("never loses what was typed later than what arrives", () => {
  const { sync, type, text, close } = setUp();
  vi.setSystemTime(START + 10_000);
  type("typed just now");
  sync.take(saved("from the phone", START + 5_000));
  expect(text()).toBe("typed just now");
  close();
});

it("reads all: takes what is new, saves what is only here, and drops what was sent elsewhere", async () => {
  const { drafts, sync, saveDraft, listOwnDrafts, type, text, close } = setUp();
  type("sent on the phone");
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  drafts.change(11, { accountId: ACCOUNT, text: "only here" });
  await vi.advanceTimersByTimeAsync(1);
  saveDraft.mockClear();
  listOwnDrafts.mockResolvedValueOnce({ items: [{ ...saved("new", START), chat_id: 12 }], next_cursor: null });
  await sync.readAll();
  expect([text(), drafts.read(11).text, drafts.read(12).text]).toEqual(["", "only here", "new"]);
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(saveDraft.mock.calls.map(([, chatId]) => chatId)).toEqual([11]);
  close();
});

it("saves that it is shared, and no more once it was sent", async () => {
  const { drafts, type, saveDraft, sync, close } = setUp();
  type("Olá");
  drafts.change(CHAT, { isShared: true });
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(saveDraft.mock.lastCall?.[2]).toMatchObject({ text: "Olá", isShared: true });
  drafts.dropSent(CHAT);
  await vi.advanceTimersByTimeAsync(SAVE_MS);
  expect(saveDraft.mock.lastCall?.[2]).toMatchObject({ text: "", isShared: false });
  // Another device shared it.
  sync.take({ ...saved("from the phone", START + 60_000), is_shared: true });
  expect(drafts.read(CHAT).isShared).toBe(true);
  close();
});
