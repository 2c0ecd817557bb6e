import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { TEAM_KEY } from "@/lib/team";
import { makeAccount } from "@/testing/factories";
import type { AuditLine, Page } from "@/types/wire";
import { AuditPage } from "./AuditPage";
import { nameAction, describeDetails } from "./labels";

const LINE: AuditLine = {
  id: 7,
  at: "2026-11-02T09:00:00.000Z",
  action: "user.role_changed",
  actor_id: 3,
  actor: "ana@example.com",
  key_id: null,
  target_kind: "user",
  target_id: "9",
  details: { from: "agent", to: "admin" },
  address: "203.0.113.9",
  user_agent: "Firefox",
};
const FAILED: AuditLine = { ...LINE, id: 6, action: "login.failed", actor_id: null, actor: "eve", target_kind: null, target_id: null, details: {} };

function show(...pages: Page<AuditLine>[]) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const list = vi.spyOn(api, "listAudit");
  for (const page of pages) list.mockResolvedValueOnce(page);
  const save = vi.spyOn(api, "exportAudit");
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ACCOUNTS_KEY, [makeAccount({ id: 4, name: "Nordlicht" })]);
  client.setQueryData(TEAM_KEY, [{ id: 9, name: "Eva Lima" }]);
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <AuditPage />
      </ApiContext>
    </QueryClientProvider>,
  );
  return { list, save };
}

const page = (items: AuditLine[], next_cursor: string | null = null): Page<AuditLine> => ({ items, next_cursor });
const denial = new ApiError(503, { code: "unavailable", message: "Busy.", fields: {}, requestId: null });

it("shows user, action, target and address", async () => {
  show(page([LINE, FAILED]));
  const [first, second] = await screen.findAllByTestId("audit-line");
  expect(first?.textContent).toContain("Changed a roleEva LimaAgent → Admin");
  expect(first?.textContent).toContain("203.0.113.9");
  expect(second?.textContent).toContain("Sign-in failedeve");
});

it("names numbers, and shows no internal id of what it cannot name", async () => {
  const onAccount = { ...LINE, action: "account.added", target_kind: "account", details: {}, key_id: 5 };
  show(page([{ ...onAccount, target_id: "4" }, { ...onAccount, id: 8, target_id: "77" }]));
  const [known, unknown] = await screen.findAllByTestId("audit-line");
  expect(known?.textContent).toContain("Added a numberNordlicht");
  expect(known?.textContent).toContain("203.0.113.9, with an API key");
  expect(unknown?.textContent).not.toContain("77");
});

it("loads older entries, and reports a failure", async () => {
  const { list } = show(page([LINE], "c1"));
  list.mockRejectedValueOnce(denial).mockResolvedValueOnce(page([FAILED]));
  await userEvent.click(await screen.findByTestId("audit-more"));
  expect(await screen.findByText("Confab is busy. Try again in a moment.")).toBeTruthy();
  await userEvent.click(screen.getByTestId("audit-more"));
  await vi.waitFor(() => expect(screen.getAllByTestId("audit-line")).toHaveLength(2));
  expect(list).toHaveBeenLastCalledWith({}, "c1", expect.anything());
  expect(screen.queryByTestId("audit-more")).toBeNull();
});

it("filters by action, user and day, in the browser's time zone", async () => {
  const { list } = show(page([LINE]), page([LINE]), page([LINE]), page([LINE]), page([]));
  await userEvent.selectOptions(await screen.findByLabelText("Action"), "Changed a role");
  await userEvent.click(await screen.findByRole("button", { name: "Show only what ana@example.com did" }));
  fireEvent.change(screen.getByLabelText("From"), { target: { value: "2026-11-01" } });
  fireEvent.change(screen.getByLabelText("To"), { target: { value: "2026-11-02" } });
  expect(await screen.findByText("Nothing found")).toBeTruthy();
  const since = new Date(2026, 10, 1).toISOString();
  const until = new Date(2026, 10, 3).toISOString();
  const asked = { action: "user.role_changed", actor_id: "3", since, until };
  expect(list).toHaveBeenLastCalledWith(asked, null, expect.anything());
  list.mockResolvedValueOnce(page([LINE]));
  await userEvent.click(screen.getByRole("button", { name: "Show everyone, not only ana@example.com" }));
  expect(list).toHaveBeenLastCalledWith({ action: "user.role_changed", since, until }, null, expect.anything());
});

it("reports a failed load, and retries", async () => {
  const { list } = show();
  await screen.findByRole("alert");
  list.mockResolvedValueOnce(page([LINE]));
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("audit-line")).toBeTruthy();
});

it("reports a failed download", async () => {
  const { save } = show(page([LINE]));
  save.mockRejectedValueOnce(denial);
  await userEvent.click(screen.getByTestId("audit-save"));
  expect(await screen.findByText("Confab is busy. Try again in a moment.")).toBeTruthy();
});

it("shows unknown actions by their code", () => {
  expect(nameAction("moon.visited")).toBe("moon.visited");
  expect(describeDetails({ ...LINE, details: { some_list: [1, "two"], deep: { n: 1 } } })).toBe('some list: 1, two, deep: {"n":1}');
  expect(describeDetails({ ...LINE, details: { what: "patch_chat" } })).toBe("what: patch chat");
});
