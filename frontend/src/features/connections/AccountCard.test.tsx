import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { AccountCard } from "./AccountCard";

function show(fields: Partial<Account>) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const setReadReceipts = vi.spyOn(api, "setReadReceipts");
  const [onReconnect, onConnect] = [vi.fn(), vi.fn()];
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <MemoryRouter>
          <AccountCard account={makeAccount(fields)} onReconnect={onReconnect} onConnect={onConnect} onDisconnect={vi.fn()} />
        </MemoryRouter>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { setReadReceipts, onReconnect, onConnect };
}

it.each([
  [{ status: "connecting", phone: null, next_step: "scan" }, "Show code", "Waiting for the code"],
  [{ status: "needs_action", status_reason: "CREDENTIALS", next_step: "reconnect" }, "Reconnect", "signed this number out"],
  [{ status: "needs_action", status_reason: "PERMISSIONS", next_step: "reconnect" }, "Reconnect", "rejected the login of this number"],
] as const)("offers one step, with the reason: %o", (fields, step, reason) => {
  show(fields);
  expect(screen.getByTestId("account-reconnect").textContent).toBe(step);
  expect(screen.getAllByRole("button").filter((button) => button.className.includes("button-primary"))).toHaveLength(1);
  expect(screen.getByText(new RegExp(reason))).toBeTruthy();
});

it("connects a removed number as a new one", async () => {
  const { onConnect, onReconnect } = show({ status: "disconnected", next_step: "connect" });
  expect(screen.getByText(/No messages come in/)).toBeTruthy();
  await userEvent.click(screen.getByTestId("account-connect"));
  expect(onConnect).toHaveBeenCalledOnce();
  expect(onReconnect).not.toHaveBeenCalled();
});

it.each([
  [0, "Confab restarts the connection automatically."],
  [1, "automatically, once so far."],
  [3, "automatically, 3 times so far."],
])("reports automatic restarts: %i", (restarts, text) => {
  show({ status: "degraded", status_reason: "ERROR", next_step: "wait", restarts });
  expect(screen.getByTestId("account-advice").textContent).toContain(text);
  expect(screen.queryByTestId("account-reconnect")).toBeNull();
});

it("refers to support when restarting did not help", () => {
  show({ status: "needs_action", status_reason: "RESTARTS_EXHAUSTED", next_step: "contact_support", restarts: 3 });
  expect(screen.getByTestId("account-reason").textContent).toContain("restarting it did not help");
  expect(screen.getByTestId("account-advice").textContent).toBe("Link it again. If that does not help, contact support.");
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
  expect(screen.getByText(/Nothing to do/)).toBeTruthy();
});

it("shows the progress of the history import", () => {
  show({ import_state: "running", imported_messages: 1240 });
  expect(screen.getByRole("status").textContent).toContain(`${(1240).toLocaleString()} messages so far`);
});

it("shows what was found late", () => {
  show({ found_late: 3, oldest_gap_at: "2026-03-02T09:00:00.000Z" });
  expect(screen.getByTestId("account-found-late").textContent).toBe("3");
  expect(screen.getByTestId("account-found-late").title).toContain("The oldest was sent");
});

it("switches read receipts, and reports a denial", async () => {
  const { setReadReceipts } = show({ read_receipts: true });
  const denial = new ApiError(403, { code: "forbidden", message: "Only an owner may.", fields: {}, requestId: null });
  setReadReceipts.mockRejectedValue(denial);
  await userEvent.click(screen.getByRole("switch"));
  expect(setReadReceipts).toHaveBeenCalledExactlyOnceWith(1, false);
  expect((await screen.findByRole("alert")).textContent).toBe("Only an owner may.");
  expect(screen.getByRole("switch")).toHaveProperty("checked", true);
});

it("shows the switch to owners only", () => {
  show({ read_receipts: true, role: "agent" });
  expect(screen.queryByRole("switch")).toBeNull();
});
