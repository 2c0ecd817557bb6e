import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { activateLanguage } from "@/i18n/translate";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import type { DeadLetter, DeadLetterField, Page, System } from "@/types/wire";
import { describeField } from "./DeadLetterDialog";
import { nameCheck } from "./labels";
import { SystemPage } from "./SystemPage";

const SYSTEM: System = {
  ok: true,
  checked_at: "2026-11-02T09:00:00.000Z",
  checks: [
    { name: "database", state: "ok", message: "PostgreSQL 16.1", code: "database_version", params: { version: "16.1" } },
    { name: "backup", state: "warning", message: "none was made", code: "moon_phase", params: {} },
  ],
  versions: { confab: "0.2.0", schema: "0072.x", postgres: "16.1", redis: null },
  queues: [{ name: "ingest", jobs: 0, age_seconds: 0 }, { name: "outbox", jobs: 3, age_seconds: 61.2 }],
  dead_letters: 0,
  accounts: [],
  failing_jobs: [],
  slow_statements: null,
  backup: null,
  backup_failure: null,
};
const LETTER: DeadLetter = { id: 7, source: "messages", reason: "ValueError at rows.py:3", bytes: 40, created_at: "2026-11-02T08:00:00.000Z", updated_at: "2026-11-02T08:00:00.000Z" };
const FIELD: DeadLetterField = { path: "message", type: "string", length: 15, value: null };
const denial = new ApiError(503, { code: "unavailable", message: "Busy.", fields: {}, requestId: null });
const BUSY = "Confab is busy. Try again in a moment.";

const page = (items: DeadLetter[], next_cursor: string | null = null): Page<DeadLetter> => ({ items, next_cursor });

function show(system: System | Error, letters = page([])) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const fetch = vi.spyOn(api, "fetchSystem");
  if (system instanceof Error) fetch.mockRejectedValueOnce(system);
  else fetch.mockResolvedValue(system);
  const list = vi.spyOn(api, "listDeadLetters").mockResolvedValue(letters);
  vi.spyOn(api, "fetchDeadLetter").mockResolvedValue({ dead_letter: LETTER, event: [FIELD] });
  const redrive = vi.spyOn(api, "redriveDeadLetter");
  const drop = vi.spyOn(api, "dropDeadLetter");
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <SystemPage />
      </ApiContext>
    </QueryClientProvider>,
  );
  return { fetch, list, redrive, drop };
}

it("shows what is wrong first, each with its state in a word", async () => {
  show(SYSTEM);
  const lines = await screen.findAllByTestId("system-check");
  expect(lines.map((line) => line.textContent)).toEqual(["WarningLast backupnone was made", "OKDatabasePostgreSQL 16.1"]);
  expect(screen.getByTestId("system-summary").textContent).toBe("Works, with warnings");
});

it("translates what a check says, with the sentences in it", async () => {
  const reason = { code: "mail_expired", params: {} };
  const message = "mx:465: its certificate has expired";
  const checks = [{ name: "mail", state: "failed" as const, message, code: "mail_fails", params: { server: "mx:465", reason } }];
  await act(() => activateLanguage("de"));
  show({ ...SYSTEM, checks });
  const said = await screen.findByTestId("system-message");
  expect([said.textContent, said.lang]).toEqual(["mx:465: sein Zertifikat ist abgelaufen", ""]);
  await act(() => activateLanguage("en"));
});

it("shows what a newer server says in English", async () => {
  show(SYSTEM);
  const [said] = await screen.findAllByTestId("system-message");
  expect([said?.textContent, said?.lang]).toEqual(["none was made", "en"]);
});

it.each([
  [{ ok: false }, "Something is wrong"],
  [{ checks: [] }, "Everything works"],
])("sums up %o", async (differing, words) => {
  show({ ...SYSTEM, ...differing });
  expect((await screen.findByTestId("system-summary")).textContent).toBe(words);
});

it("names queues, versions, and what needs an action only where there is something", async () => {
  show(SYSTEM);
  const queues = within(await screen.findByRole("region", { name: "Queues" }));
  expect(queues.getByText("3 jobs, the oldest due for 61 s")).toBeTruthy();
  expect(queues.getByText("Empty")).toBeTruthy();
  expect(within(screen.getByRole("region", { name: "Versions and backup" })).getByText("None yet")).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Failing jobs" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Numbers that need action" })).toBeNull();
});

it("names numbers, jobs, slow queries and a failed backup", async () => {
  show({
    ...SYSTEM,
    accounts: [{ id: 4, name: "Nordlicht", reason: null, since: "2026-11-02T08:00:00.000Z" }],
    failing_jobs: [{ job: "send_chat", queue: "outbox", jobs: 2, tries: 5 }],
    slow_statements: [{ calls: 10, seconds: 1.25, mean_ms: 125, rows: 1, text: "select ?" }],
    backup: { name: "b", age_seconds: 7200, bytes: 1, files: 1 },
    backup_failure: "disk full",
  });
  expect(await screen.findByText("Nordlicht")).toBeTruthy();
  expect(screen.getByText("2 jobs, up to 5 tries")).toBeTruthy();
  expect(screen.getByText("select ?")).toBeTruthy();
  expect(screen.getByText(/The last try failed: .?disk full/)).toBeTruthy();
});

it("says that there are no dead letters", async () => {
  show(SYSTEM);
  expect(await screen.findByText("No dead letters")).toBeTruthy();
});

it.each(["redrive", "drop"] as const)("looks at one and can %s it", async (how) => {
  const { list, [how]: handle } = show(SYSTEM, page([LETTER]));
  handle.mockRejectedValueOnce(denial).mockResolvedValueOnce(undefined);
  await userEvent.click(await screen.findByRole("button", { name: /View messages/ }));
  expect((await screen.findByTestId("dead-letter-event")).textContent).toBe("messagestring (15)");
  await userEvent.click(screen.getByTestId(`dead-letter-${how}`));
  expect(await screen.findByText(BUSY)).toBeTruthy();
  list.mockResolvedValue(page([]));
  await userEvent.click(screen.getByTestId(`dead-letter-${how}`));
  expect(await screen.findByText("No dead letters")).toBeTruthy();
  expect(handle).toHaveBeenLastCalledWith(LETTER.id);
});

it("loads older ones", async () => {
  const { list } = show(SYSTEM, page([LETTER], "c1"));
  list.mockResolvedValueOnce(page([LETTER], "c1")).mockResolvedValueOnce(page([{ ...LETTER, id: 6 }]));
  await userEvent.click(await screen.findByTestId("dead-letters-more"));
  await vi.waitFor(() => expect(screen.getAllByTestId("dead-letter")).toHaveLength(2));
});

it("checks again when asked, and keeps what it knows if that fails", async () => {
  const { fetch } = show(SYSTEM);
  fetch.mockResolvedValueOnce(SYSTEM).mockRejectedValueOnce(denial);
  await userEvent.click(await screen.findByTestId("system-refresh"));
  await userEvent.click(screen.getByTestId("system-refresh"));
  expect(await screen.findByText(BUSY)).toBeTruthy();
  expect(screen.getAllByTestId("system-check")).toHaveLength(2);
});

it("reports a failed load, and retries", async () => {
  const { fetch } = show(denial);
  await screen.findByRole("alert");
  fetch.mockResolvedValueOnce(SYSTEM);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findAllByTestId("system-check")).toHaveLength(2);
});

it("shows unknown checks by their own name, and values that may be seen", () => {
  expect(nameCheck("moon phase")).toBe("moon phase");
  expect(describeField({ ...FIELD, value: "acc-1" })).toBe("acc-1");
  expect(describeField({ ...FIELD, type: "null", length: null })).toBe("null");
});
