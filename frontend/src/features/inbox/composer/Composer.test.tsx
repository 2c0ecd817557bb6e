import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { makeMessage } from "@/testing/factories";
import { Composer } from "./Composer";
import { InboxContext, type Inbox } from "@/features/inbox/context";
import { Drafts } from "./drafts";
import { InboxStore } from "@/features/inbox/data/store";

let inbox: Inbox;
const onSend = vi.fn();

beforeEach(() => {
  onSend.mockReset();
  const store = new InboxStore({ post: vi.fn(), isThreadCached: () => true, describeError: String });
  inbox = { store, drafts: new Drafts(7) };
});

function show(chatId = 10, isReadOnly = false) {
  return render(
    <InboxContext value={inbox}>
      <Composer key={chatId} chatId={chatId} isReadOnly={isReadOnly} onSend={onSend} />
    </InboxContext>,
  );
}

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer-input");

it("sends on Enter and empties the field", async () => {
  show();
  await userEvent.type(field(), "Hello there{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello there");
  expect(field().value).toBe("");
});

it("starts a new line on Shift+Enter", async () => {
  show();
  await userEvent.type(field(), "one{Shift>}{Enter}{/Shift}two");
  expect(onSend).not.toHaveBeenCalled();
  expect(field().value).toBe("one\ntwo");
});

it("does not send an empty message", async () => {
  show();
  await userEvent.type(field(), "   {Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(screen.getByTestId("composer-send")).toHaveProperty("disabled", true);
});

it.each(["\u200b\u200b", "\u3164", "\u2800", "\ufeff \u00ad"])("does not send what nobody can see (%#)", async (text) => {
  show();
  await userEvent.click(field());
  await userEvent.paste(text);
  await userEvent.keyboard("{Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(screen.getByTestId("composer-send")).toHaveProperty("disabled", true);
});

it("keeps a draft for each chat until it is sent", async () => {
  const first = show(10);
  await userEvent.type(field(), "half a thought");
  first.unmount();
  const second = show(11);
  expect(field().value).toBe("");
  second.unmount();
  show(10);
  expect(field().value).toBe("half a thought");
  await userEvent.click(screen.getByTestId("composer-send"));
  expect(inbox.drafts.read(10)).toBe("");
});

it("is closed for users who may only read", () => {
  show(10, true);
  expect(screen.queryByTestId("composer-input")).toBeNull();
});

it("shows the message being replied to, and cancels on Escape", async () => {
  const onCancel = vi.fn();
  const message = makeMessage({ body: "When do you open?" });
  render(
    <InboxContext value={inbox}>
      <Composer chatId={10} isReadOnly={false} intent={{ kind: "reply", message }} onSend={onSend} onCancel={onCancel} />
    </InboxContext>,
  );
  expect(screen.getByTestId("composer-reply").textContent).toContain("When do you open?");
  await userEvent.type(field(), "At nine{Escape}");
  expect(onCancel).toHaveBeenCalledTimes(1);
  expect(onSend).not.toHaveBeenCalled();
});

it("edits a message without touching the draft", async () => {
  inbox.drafts.write(10, "half a thought");
  const message = makeMessage({ body: "Helo", direction: "out" });
  render(
    <InboxContext value={inbox}>
      <Composer chatId={10} isReadOnly={false} intent={{ kind: "edit", message }} onSend={onSend} onCancel={vi.fn()} />
    </InboxContext>,
  );
  expect(field().value).toBe("Helo");
  await userEvent.clear(field());
  await userEvent.type(field(), "Hello{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello");
  expect(inbox.drafts.read(10)).toBe("half a thought");
});

it.each([
  ["in Chrome and Firefox", { isComposing: true, keyCode: 229 }],
  ["in Safari, after compositionend", { isComposing: false, keyCode: 229 }],
])("does not send when Enter confirms an input method %s", async (_, how) => {
  show();
  await userEvent.type(field(), "にほん");
  fireEvent.keyDown(field(), { key: "Enter", ...how });
  expect(onSend).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "Enter", keyCode: 13 });
  expect(onSend).toHaveBeenCalledExactlyOnceWith("にほん");
});

it.each([
  ["a screenshot as a file", "", 1],
  ["cells of a spreadsheet as text, though a picture of them comes along", "1\t2\n3\t4", 0],
])("pastes %s", (_, text, count) => {
  const tray = { picked: [], add: vi.fn(), remove: vi.fn(), clear: vi.fn() };
  render(
    <InboxContext value={inbox}>
      <Composer chatId={10} isReadOnly={false} tray={tray} onSend={onSend} />
    </InboxContext>,
  );
  const clipboardData = { files: [new File(["x"], "image.png", { type: "image/png" })], getData: (type: string) => (type === "text/plain" ? text : "") };
  const isLeftToBrowser = fireEvent.paste(field(), { clipboardData });
  expect(tray.add).toHaveBeenCalledTimes(count);
  expect(isLeftToBrowser).toBe(count === 0);
});
