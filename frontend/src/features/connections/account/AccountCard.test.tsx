import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { expect, it, vi } from "vitest";
import { ToastProvider } from "@/components/Toast";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ConnectContext } from "@/lib/connect";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeConfig, makeMe } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { AccountCard } from "./AccountCard";

function show(fields: Partial<Account>, isSandbox = false) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const changeAccount = vi.spyOn(api, "changeAccount");
  const playBusyDay = vi.spyOn(api, "playBusyDay").mockResolvedValue(undefined);
  const connect = vi.fn();
  const onDisconnect = vi.fn();
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  client.setQueryData(["config"], makeConfig({ sandbox: isSandbox }));
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <ToastProvider>
          <ConnectContext value={connect}>
            <At>
              <AccountCard account={makeAccount(fields)} onMembers={vi.fn()} onDisconnect={onDisconnect} onErase={vi.fn()} />
            </At>
          </ConnectContext>
        </ToastProvider>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { changeAccount, playBusyDay, connect, onDisconnect };
}

it.each([
  [{ status: "connecting", phone: null, next_step: "scan" }, "Show code", "Scan the code"],
  [{ status: "needs_action", status_reason: "CREDENTIALS", next_step: "reconnect" }, "Reconnect", "logged out of WhatsApp"],
  [{ status: "needs_action", status_reason: "PERMISSIONS", next_step: "reconnect" }, "Reconnect", "refused this number"],
] as const)("offers one step, with the reason: %o", (fields, step, reason) => {
  show(fields);
  expect(screen.getByTestId("account-reconnect").textContent).toBe(step);
  expect(screen.getAllByRole("button").filter((button) => button.className.includes("button-primary"))).toHaveLength(1);
  expect(screen.getByText(new RegExp(reason))).toBeTruthy();
});

it("connects a removed number as a new one", async () => {
  const { connect } = show({ status: "disconnected", next_step: "connect" });
  expect(screen.getByText(/You can’t send or receive/)).toBeTruthy();
  await userEvent.click(screen.getByTestId("account-connect"));
  expect(connect).toHaveBeenCalledExactlyOnceWith();
});

it.each([
  [0, "Reconnecting automatically."],
  [1, "Reconnecting automatically (attempt 1)."],
  [3, "Reconnecting automatically (attempt 3)."],
])("reports automatic restarts: %i", (restarts, text) => {
  show({ status: "degraded", status_reason: "ERROR", next_step: "wait", restarts });
  expect(screen.getByTestId("account-advice").textContent).toBe(text);
  expect(screen.queryByTestId("account-reconnect")).toBeNull();
});

it("refers to support when restarting did not help", () => {
  show({ status: "needs_action", status_reason: "RESTARTS_EXHAUSTED", next_step: "contact_support", restarts: 3 });
  expect(screen.getByTestId("account-reason").textContent).toContain("restarting it didn’t help");
  expect(screen.getByTestId("account-advice").textContent).toBe("Reconnect it. If that doesn’t help, contact support.");
  expect(screen.getByTestId("account-reconnect").className).toContain("button-primary");
});

it("offers no step for a number replaced by another entry", () => {
  show({ status: "disconnected", status_reason: "REPLACED", next_step: "none" });
  expect(screen.queryByTestId("account-connect")).toBeNull();
  expect(screen.queryByTestId("account-advice")).toBeNull();
});

it("offers no step while the connection is being restored", () => {
  show({ status: "connecting", status_reason: "CONNECTING", next_step: "wait" });
  expect(screen.queryByTestId("account-reconnect")).toBeNull();
  expect(screen.getByTestId("account-reason").textContent).toBe("Connecting to WhatsApp.");
});

it("shows the progress of the history import", () => {
  show({ import_state: "running", imported_messages: 1240 });
  expect(screen.getByTestId("account-import").textContent).toBe("Importing history: 1,240 messages");
});

it("shows what a sync recovered, if anything", () => {
  show({ found_late: 3, oldest_gap_at: "2026-03-02T09:00:00.000Z" });
  expect(screen.getByTestId("account-found-late").textContent).toBe("3");
  expect(screen.getByTestId("account-found-late").title).toContain("The oldest was sent");
  cleanup();
  show({ found_late: 0 });
  expect(screen.queryByText("Recovered")).toBeNull();
});

it.each([
  ["account-read-receipts", { read_receipts: false }],
  ["account-category-required", { category_required: false }],
])("switches %s, and reports a denial", async (name, changes) => {
  const { changeAccount } = show({ read_receipts: true, category_required: true });
  const denial = new ApiError(403, { code: "forbidden", message: "Only an owner may.", fields: {}, requestId: null });
  changeAccount.mockRejectedValue(denial);
  await userEvent.click(screen.getByTestId(name));
  expect(changeAccount).toHaveBeenCalledExactlyOnceWith(1, changes);
  expect((await screen.findByRole("alert")).textContent).toBe("You don’t have permission to do that.");
  expect(screen.getByTestId(name)).toHaveProperty("checked", true);
});

it("sets who gets new chats, and how many each", async () => {
  const { changeAccount } = show({ assignment_mode: "balanced", chat_limit: 5 });
  changeAccount.mockImplementation((_, changes) => Promise.resolve(makeAccount(changes)));
  await userEvent.selectOptions(screen.getByTestId("account-assignment"), "Everyone in turn");
  expect(changeAccount).toHaveBeenLastCalledWith(1, { assignment_mode: "round_robin" });
  await userEvent.clear(screen.getByTestId("account-chat-limit"));
  await userEvent.keyboard("{Enter}");
  expect(changeAccount).toHaveBeenLastCalledWith(1, { chat_limit: null });
});

it("asks for a limit only where chats are handed out, and owners only", () => {
  show({ assignment_mode: "manual" });
  expect(screen.getByTestId("account-assignment")).toHaveProperty("value", "manual");
  expect(screen.queryByTestId("account-chat-limit")).toBeNull();
  cleanup();
  show({ assignment_mode: "balanced", role: "agent" });
  expect(screen.queryByTestId("account-assignment")).toBeNull();
});

it("shows the switches to owners only", () => {
  show({ read_receipts: true, role: "agent" });
  expect(screen.queryByRole("switch")).toBeNull();
});

const openMenu = () => userEvent.click(screen.getByTestId("account-menu"));
const items = () => screen.queryAllByRole("menuitem").map(({ textContent }) => textContent);

it("keeps everything but the next step in a menu, deletion last", async () => {
  const { onDisconnect } = show({});
  await openMenu();
  expect(items()).toEqual(["Access", "Export…", "Disconnect…", "Delete…"]);
  await userEvent.click(screen.getByTestId("account-disconnect"));
  expect(onDisconnect).toHaveBeenCalledOnce();
  expect(items()).toEqual([]);
});

it("plays a busy day in the sandbox, on a number that works", async () => {
  const { playBusyDay } = show({}, true);
  await openMenu();
  await userEvent.click(screen.getByTestId("account-busy-day"));
  expect(playBusyDay).toHaveBeenCalledExactlyOnceWith(1);
  cleanup();
  show({ status: "needs_action", next_step: "reconnect" }, true);
  await openMenu();
  expect(screen.queryByTestId("account-busy-day")).toBeNull();
});
