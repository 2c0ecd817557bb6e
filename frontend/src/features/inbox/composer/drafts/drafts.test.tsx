import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Tombstones } from "@/features/inbox/data/tombstones";
import { makeMessage } from "@/testing/factories";
import { NO_DRAFT, readDraft } from "./draft";
import { Drafts } from "./drafts";

const [ACCOUNT, OTHER_ACCOUNT, CHAT, OTHER_CHAT] = [1, 2, 10, 11];
const file = (name: string) => new File(["x"], name);

let drafts: Drafts;
let close: () => void;

beforeEach(() => {
  localStorage.clear();
  drafts = new Drafts(7);
  close = drafts.open();
});
afterEach(() => close());

const write = (text: string, chatId = CHAT, accountId = ACCOUNT) => drafts.change(chatId, { accountId, text, caret: [text.length, text.length] });

/** What the browser tells the other tabs. */
function tellOfChange(chatId: number, userId = 7): void {
  const key = `confab.draft.${userId}.${chatId}`;
  window.dispatchEvent(new StorageEvent("storage", { key, newValue: localStorage.getItem(key) }));
}

it("outlives the page: text, caret, quote and the list of files", () => {
  const quoted = makeMessage({ body: "When?" });
  drafts.change(CHAT, { accountId: ACCOUNT, text: "At nine", caret: [2, 4], quoted });
  drafts.addFile(CHAT, ACCOUNT, file("map.png"), { key: "k", name: "map.png", caption: "here" });
  expect(new Drafts(7).read(CHAT)).toEqual({
    accountId: ACCOUNT,
    text: "At nine",
    caret: [2, 4],
    quoted,
    edit: null,
    files: [{ key: "k", name: "map.png", caption: "here" }],
    writtenAt: expect.any(Number) as number,
    isSaved: false,
    note: null,
    isShared: false,
  });
});

it("belongs to one user", () => {
  write("secret");
  expect(new Drafts(8).read(CHAT)).toBe(NO_DRAFT);
});

it("leaves nothing behind when it is emptied", () => {
  write("hello");
  write("");
  expect(localStorage.length).toBe(0);
  expect(drafts.read(CHAT)).toBe(NO_DRAFT);
});

it("tells its readers, and stays the same object until it changes", () => {
  let calls = 0;
  drafts.subscribe(() => (calls += 1));
  write("a");
  const first = drafts.read(CHAT);
  write("b", OTHER_CHAT);
  expect(calls).toBe(2);
  expect(drafts.read(CHAT)).toBe(first);
});

describe("in two tabs", () => {
  it("shows in one what the other types, so that none overwrites the other", () => {
    const other = new Drafts(7);
    const closeOther = other.open();
    write("from the first");
    tellOfChange(CHAT);
    expect(other.read(CHAT).text).toBe("from the first");
    other.change(CHAT, { text: `${other.read(CHAT).text} and the second` });
    tellOfChange(CHAT);
    expect(drafts.read(CHAT).text).toBe("from the first and the second");
    other.drop(CHAT);
    tellOfChange(CHAT);
    expect(drafts.read(CHAT)).toBe(NO_DRAFT);
    closeOther();
  });

  it("leaves other chats and other users alone", () => {
    write("mine");
    new Drafts(8).change(CHAT, { text: "of another user" });
    tellOfChange(CHAT, 8);
    expect(drafts.read(CHAT).text).toBe("mine");
  });
});

describe("what was erased takes its draft along", () => {
  const erased = (event: "chat:erased" | "message:erased", id: number) =>
    new Tombstones().with({ event, data: { id, before: null } } as Parameters<Tombstones["with"]>[0]);

  it("of a chat", () => {
    write("a");
    write("b", OTHER_CHAT);
    drafts.erase(erased("chat:erased", CHAT));
    expect([drafts.read(CHAT).text, drafts.read(OTHER_CHAT).text]).toEqual(["", "b"]);
    expect(localStorage.length).toBe(1);
  });

  it("of a chat, while the page was closed", async () => {
    write("a");
    write("b", OTHER_CHAT);
    const next = new Drafts(7);
    await next.dropErased((accountId, chatId) => Promise.resolve(accountId === ACCOUNT && chatId !== CHAT));
    expect([next.read(CHAT).text, next.read(OTHER_CHAT).text]).toEqual(["", "b"]);
    expect(localStorage.length).toBe(1);
  });

  it("of a quoted message, but not the answer to it", () => {
    drafts.change(CHAT, { text: "At nine", quoted: makeMessage({ id: 5, chat_id: CHAT }) });
    drafts.erase(erased("message:erased", 5));
    expect(drafts.read(CHAT)).toMatchObject({ text: "At nine", quoted: null });
  });

  it("of an account that the user has left", () => {
    write("a");
    write("b", OTHER_CHAT, OTHER_ACCOUNT);
    drafts.dropAccount(ACCOUNT);
    expect([drafts.read(CHAT).text, drafts.read(OTHER_CHAT).text]).toEqual(["", "b"]);
    drafts.keepAccounts([ACCOUNT]);
    expect(drafts.read(OTHER_CHAT)).toBe(NO_DRAFT);
  });
});

it.each([
  ["nothing", null],
  ["another program's text", "hello"],
  ["a number", "5"],
  ["an object of another form", '{"text":5,"files":[{"key":1}],"caret":["a"],"quoted":"x","edit":{}}'],
])("reads %s as no draft", (_, stored) => expect(readDraft(stored)).toMatchObject({ text: "", caret: [0, 0], quoted: null, edit: null, files: [] }));

it("forgets an edit that WhatsApp no longer accepts", () => {
  const edit = { message: makeMessage({ direction: "out", body: "Helo", provider_msg_id: "p1" }), text: "Hello" };
  const recent = { message: { ...edit.message, sent_at: new Date().toISOString() }, text: "Hello" };
  expect(readDraft(JSON.stringify({ edit })).edit).toBeNull();
  expect(readDraft(JSON.stringify({ edit: recent })).edit).toEqual(recent);
});

it("works without storage", () => {
  const blocked = {
    get length(): number {
      throw new DOMException("", "SecurityError");
    },
    key: () => null,
    getItem: () => null,
    setItem: () => {
      throw new DOMException("", "QuotaExceededError");
    },
    removeItem: () => undefined,
  };
  const kept = new Drafts(7, blocked);
  kept.change(CHAT, { text: "hello" });
  expect(kept.read(CHAT).text).toBe("hello");
});
