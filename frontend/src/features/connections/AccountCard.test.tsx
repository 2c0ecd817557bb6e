import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { makeAccount } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { AccountCard } from "./AccountCard";

function show(fields: Partial<Account>) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const setReadReceipts = vi.spyOn(api, "setReadReceipts");
  const onReconnect = vi.fn();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={api}>
        <MemoryRouter>
          <AccountCard account={makeAccount(fields)} onReconnect={onReconnect} onDisconnect={vi.fn()} />
        </MemoryRouter>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { setReadReceipts, onReconnect };
}

it.each([
  [{ status: "connecting", phone: null, next_step: "scan" }, "Show code", "Waiting for the code"],
  [{ status: "needs_action", status_reason: "CREDENTIALS", next_step: "reconnect" }, "Reconnect", "signed this number out"],
  [{ status: "disconnected", status_reason: null, next_step: "reconnect" }, "Reconnect", "No messages come in"],
] as const)("offers one step, and says why: %o", (fields, step, reason) => {
  show(fields);
  expect(screen.getByTestId("account-reconnect").textContent).toBe(step);
  expect(screen.getByText(new RegExp(reason))).toBeTruthy();
});

it("asks for nothing while the connection is being mended", () => {
  show({ status: "connecting", status_reason: "CONNECTING", next_step: "wait" });
  expect(screen.queryByTestId("account-reconnect")).toBeNull();
  expect(screen.getByText(/Nothing to do/)).toBeTruthy();
});

it("shows how far the past has been read in", () => {
  show({ import_state: "running", imported_messages: 1240 });
  expect(screen.getByRole("status").textContent).toContain(`${(1240).toLocaleString()} messages so far`);
});

it("tells what was found late", () => {
  show({ found_late: 3, oldest_gap_at: "2026-03-02T09:00:00.000Z" });
  expect(screen.getByTestId("account-found-late").textContent).toBe("3");
  expect(screen.getByTestId("account-found-late").title).toContain("The oldest was sent");
});

it("switches what contacts are told, and says when it may not", async () => {
  const { setReadReceipts } = show({ read_receipts: true });
  const refusal = new ApiError(403, { code: "forbidden", message: "Only an owner may.", fields: {}, requestId: null });
  setReadReceipts.mockRejectedValue(refusal);
  await userEvent.click(screen.getByRole("switch"));
  expect(setReadReceipts).toHaveBeenCalledExactlyOnceWith(1, false);
  expect((await screen.findByRole("alert")).textContent).toBe("Only an owner may.");
  expect(screen.getByRole("switch")).toHaveProperty("checked", true);
});

it("leaves the switch to owners", () => {
  show({ read_receipts: true, role: "agent" });
  expect(screen.queryByRole("switch")).toBeNull();
});
