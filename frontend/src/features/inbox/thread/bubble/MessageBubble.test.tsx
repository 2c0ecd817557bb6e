import { act, fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { makeMessage, READ } from "@/testing/factories";
import type { Message, MessageContent } from "@/types/wire";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { InboxContext } from "@/features/inbox/context";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { MessageBubble } from "./MessageBubble";
import { makeInboxStore } from "@/testing/store";
import type { ThreadActions } from "@/features/inbox/thread/threadActions";
import { ThreadActionsContext } from "@/features/inbox/thread/threadContext";
import { makeNotebook } from "@/testing/notebook";

const actions = {
  reply: vi.fn(),
  edit: vi.fn(),
  askDelete: vi.fn(),
  askRetry: vi.fn(),
  discard: vi.fn(),
  retryAttachment: vi.fn(),
  react: vi.fn(),
  retryPending: vi.fn(),
  discardPending: vi.fn(),
  copy: vi.fn(),
  jumpTo: vi.fn(),
};

beforeEach(() => Object.values(actions).forEach((action) => action.mockReset()));

function show(fields: Partial<Message>, extra: Partial<ThreadActions> = {}) {
  const message = makeMessage({ provider_msg_id: "p", sent_at: new Date().toISOString(), ...fields });
  const [bubble] = mergeBubbles([message], [], [], READ);
  if (bubble === undefined) throw new Error("No bubble.");
  const store = makeInboxStore();
  render(
    <InboxContext value={{ userId: 7, store, notes: makeNotebook(), drafts: new Drafts(7) }}>
      <ThreadActionsContext value={{ canAct: true, isConnected: true, ...actions, ...extra }}>
        <MessageBubble bubble={bubble} isContinued={false} hasName isStop />
      </ThreadActionsContext>
    </InboxContext>,
  );
  return message;
}

const openMenu = () => userEvent.click(screen.getByTestId("message-menu"));
const own = { direction: "out", sender: null, status: "read" } as const;

it("offers replies and reactions for a contact's message, but no edits", async () => {
  show({});
  await openMenu();
  expect(screen.getByTestId("message-reply")).toBeTruthy();
  expect(screen.getAllByTestId("message-react")).toHaveLength(6);
  expect(screen.queryByTestId("message-edit")).toBeNull();
  expect(screen.queryByTestId("message-delete")).toBeNull();
});

it("offers to edit an own message only while WhatsApp allows it", async () => {
  const message = show(own);
  await openMenu();
  await userEvent.click(screen.getByTestId("message-edit"));
  expect(actions.edit).toHaveBeenCalledExactlyOnceWith(message);
});

it("offers only deletion for an old own message", async () => {
  const message = show({ ...own, sent_at: "2026-03-02T09:00:00.000Z" });
  await openMenu();
  expect(screen.queryByTestId("message-edit")).toBeNull();
  await userEvent.click(screen.getByTestId("message-delete"));
  expect(actions.askDelete).toHaveBeenCalledExactlyOnceWith(message);
});

it("offers viewers only to copy and to see the details", async () => {
  show({}, { canAct: false });
  await openMenu();
  expect(within(screen.getByRole("menu")).getAllByRole("menuitem")).toHaveLength(2);
  expect(screen.getByTestId("message-details")).toBeTruthy();
  await userEvent.click(screen.getByTestId("message-copy"));
  expect(actions.copy).toHaveBeenCalledExactlyOnceWith("Hello");
});

it("works by keyboard: arrows move, Escape closes and restores the focus", async () => {
  show({});
  screen.getByTestId("message-menu").focus();
  await userEvent.keyboard("{Enter}");
  expect(document.activeElement).toBe(screen.getAllByTestId("message-react")[0]);
  await userEvent.keyboard("{End}");
  expect(document.activeElement).toBe(screen.getByTestId("message-details"));
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(screen.getByTestId("message-menu"));
});

it("opens on a long press", () => {
  vi.useFakeTimers();
  show({});
  fireEvent.pointerDown(screen.getByTestId("message-bubble"), { pointerType: "touch" });
  act(() => void vi.advanceTimersByTime(500));
  vi.useRealTimers();
  fireEvent.pointerUp(screen.getByTestId("message-bubble"));
  expect(screen.getByTestId("message-menu").getAttribute("aria-expanded")).toBe("true");
});

it("removes the own reaction, even if it came without its variation selector", async () => {
  const message = show({ reactions: [{ value: "❤", sender: { provider_id: "me", name: null }, is_own: true }] });
  await openMenu();
  await userEvent.click(screen.getByRole("menuitemradio", { checked: true }));
  expect(actions.react).toHaveBeenCalledExactlyOnceWith(message, null);
});

it("shows who reacted", async () => {
  const ana = { value: "👍", sender: { provider_id: "a", name: "Ana" }, is_own: false };
  show({ reactions: [ana, { ...ana, sender: { provider_id: "b", name: "Bo" } }] });
  const chips = screen.getByTestId("message-reactions");
  expect(chips.textContent).toBe("👍2");
  expect(chips.getAttribute("aria-label")).toBe("Reactions: 👍 Ana, Bo");
  await userEvent.click(chips);
  expect(within(screen.getByRole("dialog")).getAllByRole("listitem").map((row) => row.textContent)).toEqual(["Ana👍", "Bo👍"]);
});

it("shows the quoted message, and jumps to it", async () => {
  const quoted = { message_id: 7, provider_msg_id: "q", sender_id: "a", name: "Ana", direction: "in", body: "When?", content: { kind: "text", name: null, duration: null } } as const;
  show({ quoted });
  await userEvent.click(screen.getByTestId("message-quote"));
  expect(screen.getByTestId("message-quote").textContent).toBe("AnaWhen?");
  expect(actions.jumpTo).toHaveBeenCalledExactlyOnceWith(7);
});

it.each<[string, MessageContent | null, string | null, string]>([
  ["a photo", { kind: "photo", name: "a.jpg", duration: null }, null, "Photo"],
  ["a voice message", { kind: "voice", name: "v.ogg", duration: 7 }, null, "Voice message, 0:07"],
  ["a file", { kind: "file", name: "offer.pdf", duration: null }, null, "File, offer.pdf"],
  ["a photo with a caption", { kind: "photo", name: null, duration: null }, "Look", "Photo, Look"],
  ["a deleted message", { kind: "deleted", name: null, duration: null }, null, "This message was deleted"],
  ["a message that is not stored", null, null, "Attachment"],
])("says what is quoted: %s", (_, content, body, shown) => {
  show({ quoted: { message_id: null, provider_msg_id: "q", sender_id: "a", name: "Ana", direction: "in", body, content } });
  expect(screen.getByTestId("message-quote").textContent).toBe(`Ana${shown}`);
});

it("marks edited and forwarded messages, and hides deleted content", () => {
  show({ is_forwarded: true, edited_at: "2026-03-02T09:01:00.000Z" });
  expect(screen.getByTestId("message-edited")).toBeTruthy();
  expect(screen.getByTestId("message-forwarded")).toBeTruthy();
});

it("shows a placeholder for a deleted message", () => {
  show({ deleted_at: "2026-03-02T09:01:00.000Z", body: "secret" });
  expect(screen.getByTestId("message-deleted").textContent).toBe("This message was deleted");
  expect(screen.queryByText("secret")).toBeNull();
  expect(screen.queryByTestId("message-menu")).toBeNull();
});

it("reports messages whose content UniPile does not provide", () => {
  show({ body: null });
  expect(screen.getByTestId("message-unsupported").textContent).toContain("View it on the phone");
});

it("shows that the user deleted their own message", () => {
  show({ direction: "out", status: "sent", deleted_at: "2026-03-02T09:01:00.000Z", deleted_by: "account", body: null });
  expect(screen.getByTestId("message-deleted").textContent).toBe("You deleted this message");
});

it("shows why a message failed, and offers a retry", async () => {
  const message = show({ ...own, status: "failed", error: { code: "blocked", message: "This contact blocked the number." } });
  expect(screen.getByRole("alert").textContent).toContain("This contact blocked the number.");
  await userEvent.click(screen.getByTestId("message-retry"));
  expect(actions.askRetry).toHaveBeenCalledExactlyOnceWith(message);
});

it("has no menu without any action", () => {
  show({ ...own, body: null, provider_msg_id: null, status: "failed" });
  expect(screen.queryByTestId("message-menu")).toBeNull();
});

it("shows the sender's time, not that of its place", () => {
  const shownText = "2031-07-09T10:00:00.000Z";
  show({ sent_at: shownText, ordered_at: "2026-03-02T09:14:00.000Z" });
  expect([...document.querySelectorAll("time")].map((time) => time.dateTime)).toEqual([shownText]);
});
