// @vitest-environment jsdom -- sentences come from the catalogue, in the language of the browser
/** Changes of status and owner: their undo, and what happens when a colleague was faster. */
import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiError } from "@/lib/api/errors";
import { makeAccount, makeChat } from "@/testing/factories";
import type { Activity, Chat } from "@/types/wire";
import { makeInboxStore } from "@/testing/store";
import { describeActivity } from "./activityText";
import { assign, close, reopen, snooze, take, undoOf, type StateAction } from "./stateActions";
import type { OpenThread } from "./statusContext";
import { StateChanges } from "./stateChanges";
import type { Toast } from "@/components/toastQueue";

const LATER = "2126-03-02T09:00:00.000Z";
const [ME, ANA] = [{ id: 7, name: "Me" }, { id: 8, name: "Ana" }];

describe("the undo of", () => {
  it.each<[string, Partial<Chat>, StateAction, StateAction]>([
    ["closing", { status: "open" }, close("Order"), reopen()],
    ["reopening", { status: "closed" }, reopen(), close()],
    ["snoozing", { status: "open" }, snooze(LATER), reopen()],
    ["closing a snoozed chat", { status: "snoozed", snoozed_until: LATER }, close(), snooze(LATER)],
    ["closing a chat whose snooze is over", { status: "snoozed", snoozed_until: "2026-03-02T09:00:00.000Z" }, close(), reopen()],
    ["assigning", { assignee: ANA, team: { id: 3, name: "Support" } }, assign(ME, null), assign(ANA, { id: 3, name: "Support" })],
  ])("%s", (_, fields, action, undo) => {
    expect(undoOf(action, makeChat(fields)).request).toEqual(undo.request);
  });
});

const changed = (chat: Chat) => new ApiError(409, { code: "changed", message: "", fields: {}, requestId: null, details: { chat } });
const activity = (fields: Partial<Activity> = {}): Activity => ({
  id: 1, account_id: 1, chat_id: 10, kind: "closed", actor: { kind: "user", ...ANA }, details: {}, at: LATER, seq: 60, ...fields,
});

describe("a change", () => {
  const api = { setStatus: vi.fn(), setAssignee: vi.fn(), listActivities: vi.fn() };
  const client = new QueryClient();
  const [ask, withdraw, openChat] = [vi.fn(), vi.fn(), vi.fn()];
  const toasts: Toast[] = [];
  const store = makeInboxStore();
  const chat = makeChat({ status: "open", state_seq: 50, seq: 55 });
  let changes: StateChanges;
  let thread: OpenThread | null = null;

  beforeEach(() => {
    vi.resetAllMocks();
    toasts.length = 0;
    const report = (toast: Toast) => {
      toasts.push(toast);
      return withdraw;
    };
    thread = null;
    client.setQueryData(ACCOUNTS_KEY, [makeAccount()]);
    changes = new StateChanges({ client, thread: () => thread, api, store, userId: 7, report, ask, openChat });
  });

  it("says what was seen, and counts own changes as seen", async () => {
    api.setStatus.mockImplementation((_, { state_seq }: { state_seq: number }) => Promise.resolve(makeChat({ status: "closed", state_seq: state_seq + 2, seq: state_seq + 10 })));
    changes.run(chat, close());
    toasts[0]?.action?.run();
    await vi.waitFor(() => expect(api.setStatus.mock.calls.map(([, body]: unknown[]) => body)).toEqual([
      { status: "closed", seen_seq: 55, state_seq: 50 },
      { status: "open", state_seq: 52 },
    ]));
  });

  it("asks when a colleague was faster, and can be done all the same", async () => {
    api.setAssignee.mockRejectedValueOnce(changed(makeChat({ assignee: ANA, state_seq: 60, seq: 61 })));
    api.listActivities.mockResolvedValue({ items: [activity({ kind: "assigned", details: { assignee_id: 8, assignee: "Ana" } })], next_cursor: null });
    changes.run(chat, take(ME, chat));
    await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce());
    expect(ask.mock.calls[0]?.[0]).toMatchObject({ kind: "changed", chat: { state_seq: 60 }, activities: [{ id: 1 }] });
    expect(withdraw).toHaveBeenCalledOnce();
  });

  it("asks when a colleague took the chat by answering, which is no activity", async () => {
    api.setAssignee.mockRejectedValueOnce(changed(makeChat({ assignee: ANA, state_seq: 60, seq: 61 })));
    api.listActivities.mockResolvedValue({ items: [], next_cursor: null });
    changes.run(chat, take(ME, chat));
    await vi.waitFor(() => expect(ask).toHaveBeenCalledOnce());
  });

  it("does not ask because of the user's own answer", async () => {
    api.setStatus.mockRejectedValueOnce(changed(makeChat({ assignee: ME, status: "open", state_seq: 60, seq: 61 }))).mockResolvedValueOnce(makeChat({ status: "closed", seq: 70 }));
    api.listActivities.mockResolvedValue({ items: [activity({ actor: { kind: "user", ...ME } })], next_cursor: null });
    changes.run(chat, close());
    await vi.waitFor(() => expect(api.setStatus).toHaveBeenCalledTimes(2));
    expect(api.setStatus.mock.calls[1]?.[1]).toMatchObject({ state_seq: 60 });
    expect(ask).not.toHaveBeenCalled();
    expect(withdraw).not.toHaveBeenCalled();
  });

  it("asks for a category before it closes, where the account wants one", async () => {
    client.setQueryData(ACCOUNTS_KEY, [makeAccount({ category_required: true })]);
    const closed = makeChat({ status: "closed", state_seq: 80, seq: 80 });
    changes.run(chat, close());
    expect(ask).toHaveBeenLastCalledWith({ kind: "category", chat });
    expect([toasts.length, api.setStatus.mock.calls.length]).toEqual([0, 0]);
    api.setStatus.mockResolvedValueOnce(closed).mockResolvedValueOnce(makeChat({ status: "open", state_seq: 90, seq: 90 }));
    changes.run(chat, close("Order", "Paid twice"));
    await vi.waitFor(() => expect(api.setStatus).toHaveBeenCalledOnce());
    expect(api.setStatus.mock.calls[0]?.[1]).toMatchObject({ status: "closed", category: "Order", note: { text: "Paid twice" } });
    // Closing it again is the undo of reopening it.
    changes.run(closed, reopen());
    await vi.waitFor(() => expect(api.setStatus).toHaveBeenCalledTimes(2));
    toasts[1]?.action?.run();
    expect(ask).toHaveBeenLastCalledWith({ kind: "category", chat: closed });
  });

  it("asks for a category that the server wants since a moment ago", async () => {
    api.setStatus.mockRejectedValue(new ApiError(422, { code: "category_required", message: "", fields: {}, requestId: null }));
    changes.run(chat, close());
    await vi.waitFor(() => expect(ask).toHaveBeenCalledExactlyOnceWith({ kind: "category", chat }));
    expect(withdraw).toHaveBeenCalledOnce();
  });

  it("shows messages that were not seen instead of closing over them", async () => {
    const showEnd = vi.fn();
    thread = { chatId: 10, seen: () => 40, showEnd };
    api.setStatus.mockRejectedValue(new ApiError(409, { code: "newer_messages", message: "", fields: {}, requestId: null }));
    changes.run(chat, close());
    await vi.waitFor(() => expect(showEnd).toHaveBeenCalledOnce());
    expect(api.setStatus.mock.calls[0]?.[1]).toMatchObject({ seen_seq: 40 });
    thread = null;
    changes.run(chat, close());
    await vi.waitFor(() => expect(openChat).toHaveBeenCalledOnce());
  });
});

describe("an activity", () => {
  it.each<[Partial<Activity>, string, string]>([
    [{ kind: "assigned", details: { assignee_id: 8, assignee: "Ana" } }, "Ana took this chat", "You took this chat"],
    [{ kind: "assigned", details: { assignee_id: 9, assignee: "Leo" } }, "Ana assigned this chat to Leo", "You assigned this chat to Leo"],
    [{ kind: "assigned", details: { assignee_id: null, team_id: 3, team: "Support" } }, "Ana assigned this chat to Support", "You assigned this chat to Support"],
    [{ kind: "assigned", details: { assignee_id: null, assignee: null } }, "Ana unassigned this chat", "You unassigned this chat"],
    [{ kind: "closed" }, "Ana closed this chat", "You closed this chat"],
    [{ kind: "closed", details: { category: "Order" } }, "Ana closed this chat as Order", "You closed this chat as Order"],
    [{ kind: "opened" }, "Ana reopened this chat", "You reopened this chat"],
    [{ kind: "woke", actor: { kind: "system", id: null, name: null } }, "The snooze is over", "The snooze is over"],
  ])("%o", (fields, byOther, byUser) => {
    expect([describeActivity(activity(fields), 7), describeActivity(activity(fields), 8)]).toEqual([byOther, byUser]);
  });

  it("names the user it was given to", () => {
    expect(describeActivity(activity({ kind: "assigned", details: { assignee_id: 7, assignee: "Me" } }), 7)).toBe("Ana assigned this chat to you");
  });

  it("says that a chat was handed out by no user", () => {
    const actor = { kind: "system", id: null, name: null } as const;
    const line = activity({ kind: "assigned", actor, details: { assignee_id: 7, assignee: "Ana", team: "Sales" } });
    expect([describeActivity(line, 7), describeActivity(line, 8)].map((text) => text.replace(/[\u2068\u2069]/g, ""))).toEqual([
      "This chat was assigned to you automatically",
      "This chat was assigned to Ana automatically",
    ]);
  });
});
