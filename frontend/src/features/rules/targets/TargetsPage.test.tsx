import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Target } from "@/types/wire";
import { bodyOf, CHAT_TESTS, draftOf, missingIn, newTarget } from "./drafts";
import { TargetsPage } from "./TargetsPage";

const TIME = "2026-11-02T09:00:00.000Z";
const VIP: Target = {
  id: 3, name: "VIP", position: 0, is_on: true, account_ids: [1], conditions: [{ kind: "label", test: "any", ids: [5], texts: [] }],
  first_reply_minutes: 30, next_reply_minutes: null, close_minutes: 2880, office_hours: true, may_change: true, created_by: null, created_at: TIME, updated_at: TIME,
};
const OTHERS: Target = { ...VIP, id: 4, name: "Others", position: 1, is_on: false, conditions: [], close_minutes: null, next_reply_minutes: 240, office_hours: false };
const denial = new ApiError(409, { code: "conflict", message: "Too many.", fields: {}, requestId: null });

/** A server that has these targets. */
function show(targets: readonly Target[]) {
  const stored = { items: targets };
  const asked = vi.fn((path: string, options: { method?: string; body?: unknown } = {}): Promise<unknown> => {
    if (path === "/api/targets" && options.method === undefined) return Promise.resolve(stored);
    if (path.startsWith("/api/targets")) return Promise.resolve({ target: VIP });
    return Promise.resolve({ items: [], next_cursor: null });
  });
  const api = createRoutes(asked as never);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(ACCOUNTS_KEY, [makeAccount()]);
  client.setQueryData(ME_KEY, makeMe({ number_permissions: { payer: ["manage_rules"], owner: ["manage_rules"], agent: [], viewer: [] } }));
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <TargetsPage />
      </ApiContext>
    </QueryClientProvider>,
  );
  const sent = () => asked.mock.calls.filter(([, options]) => options?.method !== undefined).map(([path, options]) => [options?.method, path, options?.body]);
  return { asked, sent, stored };
}

it("shows what is promised, for which chats, in their order", async () => {
  show([VIP, OTHERS]);
  const [first, second] = await screen.findAllByTestId("target");
  expect(first?.textContent).toContain("VIPFirst reply: 30 minutes · Closed: 48 hoursOffice hours only · 1 condition");
  expect(second?.textContent).toContain("OthersFirst reply: 30 minutes · Further replies: 4 hoursAll time · All chats");
});

it("explains in one sentence what a target is, and reports what fails", async () => {
  const { asked } = show([]);
  expect(await screen.findByText("No targets yet")).toBeTruthy();
  asked.mockImplementation((_, { method } = {}) => (method === undefined ? Promise.resolve({ items: [], next_cursor: null }) : Promise.reject(denial)));
  await userEvent.click(screen.getByTestId("target-new"));
  await userEvent.type(screen.getByTestId("target-name"), "Fast");
  await userEvent.type(screen.getByTestId("target-first_reply"), "1 h");
  await userEvent.click(screen.getByTestId("target-save"));
  expect(await screen.findByText("Too many.")).toBeTruthy();
});

it("creates one from times as they are typed", async () => {
  const { sent } = show([]);
  await userEvent.click(await screen.findByTestId("target-new"));
  expect(screen.getByTestId<HTMLButtonElement>("target-save").disabled).toBe(true);
  await userEvent.type(screen.getByTestId("target-name"), " Fast ");
  await userEvent.type(screen.getByTestId("target-first_reply"), "1,5 h");
  expect(screen.getByText("That is 1 hour 30 minutes.")).toBeTruthy();
  await userEvent.type(screen.getByTestId("target-close"), "soon");
  await userEvent.tab();
  expect(screen.getByText("Write a time such as 30 min, 4 h or 2 days.")).toBeTruthy();
  expect(screen.getByTestId<HTMLButtonElement>("target-save").disabled).toBe(true);
  await userEvent.clear(screen.getByTestId("target-close"));
  await userEvent.type(screen.getByTestId("target-close"), "31 days");
  expect(screen.getByText("At most 30 days.")).toBeTruthy();
  await userEvent.clear(screen.getByTestId("target-close"));
  await userEvent.click(screen.getByTestId("target-save"));
  const body = { name: "Fast", account_ids: [1], office_hours: true, is_on: true, conditions: [], first_reply_minutes: 90, next_reply_minutes: null, close_minutes: null };
  await vi.waitFor(() => expect(sent()).toEqual([["POST", "/api/targets", body]]));
});

it("switches, moves, changes and deletes", async () => {
  const { sent } = show([VIP, OTHERS]);
  await userEvent.click((await screen.findAllByTestId("target-switch"))[0] ?? document.body);
  await userEvent.click(screen.getAllByTestId("target-down")[0] ?? document.body);
  await vi.waitFor(() => expect(sent()).toEqual([["PATCH", "/api/targets/3", { is_on: false }], ["PATCH", "/api/targets/3", { after_id: 4 }]]));
  const row = screen.getAllByTestId("target").find(({ textContent }) => textContent.includes("Others"));
  await userEvent.click(within(row ?? document.body).getByTestId("target-edit"));
  await userEvent.click(screen.getByTestId("target-delete"));
  await vi.waitFor(() => expect(sent().at(-1)).toEqual(["DELETE", "/api/targets/4", undefined]));
});

it("is complete with a name, a number, and one time that is none too long", () => {
  const draft = { ...newTarget([1]), name: "Fast", times: { first_reply: "30", next_reply: "", close: "" } };
  expect(missingIn(draft)).toBeNull();
  expect(missingIn({ ...draft, name: " " })).toBe("rules.missing.name");
  expect(missingIn({ ...draft, account_ids: [] })).toBe("rules.missing.number");
  expect(missingIn({ ...draft, times: { first_reply: "", next_reply: "", close: "" } })).toBe("targets.missing.time");
  expect(missingIn({ ...draft, times: { ...draft.times, close: "721 h" } })).toBe("targets.missing.wrong");
  expect(missingIn({ ...draft, conditions: [{ kind: "label", test: "any", ids: [], texts: [] }] })).toBe("rules.missing.conditions");
});

it("is the same after it was opened and saved, and asks for nothing but chats", () => {
  expect(bodyOf(draftOf(VIP))).toEqual({ name: "VIP", account_ids: [1], office_hours: true, is_on: true, conditions: VIP.conditions, first_reply_minutes: 30, next_reply_minutes: null, close_minutes: 2880 });
  expect(CHAT_TESTS.filter((name) => /^(text|hours)/.test(name))).toEqual([]);
});
