import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ToastProvider } from "@/components/Toast";
import { makeMessage } from "@/testing/factories";
import { Composer } from "./Composer";
import { InboxContext, type Inbox } from "@/features/inbox/context";
import { Drafts } from "./drafts/drafts";
import type { Tray } from "./files/tray";
import { makeInboxStore } from "@/testing/store";
import { chooseSendKey } from "@/lib/sendKey";
import { useIntent } from "./useIntent";
import { makeNotebook } from "@/testing/notebook";

const ACCOUNT = 1;
let inbox: Inbox;
const onSend = vi.fn();
const onEditLast = vi.fn();

beforeEach(() => {
  vi.resetAllMocks();
  window.matchMedia = vi.fn(() => ({ matches: false }) as MediaQueryList);
  const store = makeInboxStore();
  inbox = { userId: 7, store, notes: makeNotebook(), drafts: new Drafts(7) };
});
afterEach(() => localStorage.clear());

const makeTray = (fields: Partial<Tray> = {}): Tray => ({
  items: [],
  problems: [],
  add: vi.fn(),
  addVoice: vi.fn(),
  remove: vi.fn(),
  move: vi.fn(),
  setCaption: vi.fn(),
  dismiss: vi.fn(),
  ...fields,
});

function Connected({ chatId, tray }: { readonly chatId: number; readonly tray: Tray }) {
  const [intent, setIntent] = useIntent(ACCOUNT, chatId);
  const send = (text: string) => {
    onSend(text);
    if (intent?.kind === "edit") setIntent(null);
    else inbox.drafts.drop(chatId);
  };
  return (
    <Composer
      accountId={ACCOUNT}
      chatId={chatId}
      intent={intent}
      tray={tray}
      onSend={send}
      onVoice={vi.fn()}
      onProblem={vi.fn()}
      onCancel={() => setIntent(null)}
      onEditLast={onEditLast}
    />
  );
}

function show(chatId = 10, tray = makeTray()) {
  return render(
    <InboxContext value={inbox}>
      <ToastProvider>
        <Connected key={chatId} chatId={chatId} tray={tray} />
      </ToastProvider>
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

it("sends on Ctrl+Enter only, if the user chose so", async () => {
  chooseSendKey("ctrlEnter");
  show();
  await userEvent.type(field(), "one{Enter}two");
  expect(onSend).not.toHaveBeenCalled();
  expect(field().value).toBe("one\ntwo");
  await userEvent.type(field(), "{Control>}{Enter}{/Control}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("one\ntwo");
});

it.each(["   ", "\u200b\u200b", "\u3164", "\u2800", "\ufeff \u00ad"])("does not send invisible text (%#)", async (text) => {
  show();
  await userEvent.click(field());
  await userEvent.paste(text);
  await userEvent.keyboard("{Enter}");
  expect(onSend).not.toHaveBeenCalled();
  expect(screen.getByTestId("composer-send")).toHaveProperty("disabled", true);
});

it("counts what is left near the limit, and sends nothing beyond it", async () => {
  show();
  await userEvent.click(field());
  await userEvent.paste("a".repeat(65_530));
  expect(screen.getByTestId("composer-counter").textContent).toBe("6 characters left");
  await userEvent.paste("b".repeat(7));
  expect(screen.getByTestId("composer-counter").textContent).toBe("1 character over the limit");
  await userEvent.keyboard("{Enter}");
  expect(onSend).not.toHaveBeenCalled();
  await userEvent.keyboard("{Backspace}{Enter}");
  expect(onSend).toHaveBeenCalledTimes(1);
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
  expect(inbox.drafts.read(10).text).toBe("");
});

it("restores the caret", async () => {
  const first = show();
  await userEvent.type(field(), "half thought");
  field().setSelectionRange(5, 5);
  fireEvent.blur(field());
  first.unmount();
  show();
  field().focus();
  await userEvent.keyboard("a ");
  expect(field().value).toBe("half a thought");
});

it("shows the message being replied to, and cancels on Escape", async () => {
  inbox.drafts.change(10, { accountId: ACCOUNT, quoted: makeMessage({ body: "When do you open?" }) });
  show();
  expect(screen.getByTestId("composer-reply").textContent).toContain("When do you open?");
  await userEvent.type(field(), "At nine{Escape}");
  expect(screen.queryByTestId("composer-reply")).toBeNull();
  expect(field().value).toBe("At nine");
  expect(onSend).not.toHaveBeenCalled();
});

it("edits a message beside the draft", async () => {
  inbox.drafts.change(10, { accountId: ACCOUNT, text: "half a thought", edit: { message: makeMessage({ body: "Helo", direction: "out" }), text: "Helo" } });
  show();
  expect(field().value).toBe("Helo");
  await userEvent.clear(field());
  await userEvent.type(field(), "Hello{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Hello");
  expect(field().value).toBe("half a thought");
});

it("edits the last message on ArrowUp in an empty field only", async () => {
  show();
  await userEvent.type(field(), "{ArrowUp}");
  expect(onEditLast).toHaveBeenCalledTimes(1);
  await userEvent.type(field(), "one{ArrowUp}");
  expect(onEditLast).toHaveBeenCalledTimes(1);
});

it.each([
  ["in Chrome and Firefox", { isComposing: true, keyCode: 229 }],
  ["in Safari, after compositionend", { isComposing: false, keyCode: 229 }],
])("does not act while an input method is used %s", async (_, how) => {
  show();
  fireEvent.keyDown(field(), { key: "ArrowUp", ...how });
  expect(onEditLast).not.toHaveBeenCalled();
  await userEvent.type(field(), "にほん");
  fireEvent.keyDown(field(), { key: "Enter", ...how });
  expect(onSend).not.toHaveBeenCalled();
  fireEvent.keyDown(field(), { key: "Enter", keyCode: 13 });
  expect(onSend).toHaveBeenCalledExactlyOnceWith("にほん");
});

it("marks the selected words by key and by button", async () => {
  show();
  await userEvent.type(field(), "so very good", { initialSelectionStart: 0 });
  field().setSelectionRange(3, 7);
  fireEvent.select(field());
  await userEvent.keyboard("{Control>}b{/Control}");
  expect(field().value).toBe("so *very* good");
  await userEvent.click(screen.getByRole("button", { name: "Italic (Ctrl+I)" }));
  expect(field().value).toBe("so _*very*_ good");
});

interface Pasted {
  readonly text: string;
  readonly html?: string;
  readonly hasPicture?: boolean;
}

function paste(tray: Tray, { text, html = "", hasPicture = false }: Pasted): boolean {
  show(10, tray);
  const files = hasPicture ? [new File(["x"], "image.png", { type: "image/png" })] : [];
  const texts: Record<string, string> = { "text/plain": text, "text/html": html };
  return fireEvent.paste(field(), { clipboardData: { files, getData: (type: string) => texts[type] ?? "" } });
}

it.each<[string, Pasted, number, boolean, string]>([
  ["a screenshot as a file", { text: "", hasPicture: true }, 1, false, ""],
  ["cells of a spreadsheet as text, though a picture of them comes along", { text: "1\t2\n3\t4", hasPicture: true }, 0, true, ""],
  ["plain text by the browser", { text: "hello" }, 0, true, ""],
  ["formatted text with WhatsApp's marks", { text: "very good", html: "<b>very</b> good" }, 0, false, "*very* good"],
  ["formatted text without marks to set by the browser", { text: "good", html: "<p>good</p>" }, 0, true, ""],
])("pastes %s", (_, pasted, count, isLeftToBrowser, shown) => {
  const tray = makeTray();
  expect(paste(tray, pasted)).toBe(isLeftToBrowser);
  expect(tray.add).toHaveBeenCalledTimes(count);
  expect(field().value).toBe(shown);
});

it("completes an emoji after a colon, by keys", async () => {
  show();
  await userEvent.type(field(), "Hi :tada");
  expect(await screen.findByRole("option", { name: /party popper/ })).toBeTruthy();
  expect(field().getAttribute("aria-activedescendant")).toBe(screen.getAllByRole("option")[0]?.id);
  await userEvent.keyboard("{Enter}");
  expect(field().value).toBe("Hi 🎉 ");
  expect(onSend).not.toHaveBeenCalled();
});

it("takes Escape for the suggestions first, and then sends what was typed", async () => {
  show();
  await userEvent.type(field(), "Hi :tada");
  await screen.findByRole("listbox");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("listbox")).toBeNull();
  await userEvent.keyboard("{Enter}");
  expect(onSend).toHaveBeenCalledExactlyOnceWith("Hi :tada");
});

it("replaces a short code that is closed by a second colon", async () => {
  show();
  await userEvent.type(field(), "Hi :tada:");
  await vi.waitFor(() => expect(field().value).toBe("Hi 🎉"));
});
