import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import type { MeasureReport, Report, ReportFact, ReportGroup, ReportVolume } from "@/types/wire";
import { samplesOf } from "./backlog";
import { filterOf, lastDays } from "./choice";
import { formatDuration } from "./format";
import { roundUp } from "./Plot";
import { ReportsPage } from "./ReportsPage";

/** Jsdom lays nothing out. */
class Unmeasured {
  readonly observe = () => undefined;
  readonly disconnect = () => undefined;
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Unmeasured);
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-08T10:00:00Z") });
});
afterEach(() => vi.useRealTimers());

const summary = (n: number, median: number | null) => ({ n, mean: median, median, p90: median, met: 0, breached: 0 });

const measure = (name: MeasureReport["measure"], n: number, median: number | null): MeasureReport => ({
  measure: name,
  now: { ...summary(n, median), buckets: [n, 0] },
  before: { ...summary(n, median === null ? null : median * 2), buckets: [n, 0] },
  steps: [
    { ...summary(n, median), first_day: "2026-03-02", last_day: "2026-03-02" },
    { ...summary(0, null), first_day: "2026-03-03", last_day: "2026-03-03" },
  ],
});

const REPORT: Report = {
  now: { since: "2026-03-02", until: "2026-03-03" },
  before: { since: "2026-02-28", until: "2026-03-01" },
  step: "day",
  bucket_starts: [0, 3600],
  measures: [measure("opened", 4, null), measure("first_reply", 3, 90), measure("reply", 7, 4000), measure("resolution", 0, null)],
  is_complete: true,
};

const FACT: ReportFact = {
  id: 1, account_id: 2, chat_id: 3, chat_title: "Bia Lima", chat_kind: "direct", conversation_id: 4, measure: "first_reply",
  began_at: "2026-03-02T09:00:00.000Z", at: "2026-03-02T09:01:30.000Z", user_id: 5, user_name: "Ana", seconds: 90, open_seconds: 0, label_ids: [],
  team_id: null, promised_minutes: null, promised_office: null, is_met: null,
};

const GROUP: ReportGroup = { id: 5, name: "Ana", measures: REPORT.measures.map(({ measure: name, now, before }) => ({ measure: name, now, before })) };

const counts = (received: number, sent: number) => ({ received, sent });

const VOLUME: ReportVolume = {
  now: REPORT.now,
  before: REPORT.before,
  step: "day",
  total: { now: counts(30, 12), before: counts(20, 12) },
  steps: [
    { ...counts(30, 8), first_day: "2026-03-02", last_day: "2026-03-02" },
    { ...counts(0, 4), first_day: "2026-03-03", last_day: "2026-03-03" },
  ],
  users: [
    { id: 0, name: null, now: counts(30, 2), before: counts(20, 12) },
    { id: 5, name: "Ana", now: counts(0, 10), before: counts(0, 0) },
  ],
  accounts: [{ id: 2, name: "Shop", now: counts(30, 12), before: counts(20, 12) }],
  is_complete: true,
};

function show(fields: Partial<Report> = {}) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const report = vi.spyOn(api, "fetchReport").mockResolvedValue({ ...REPORT, ...fields });
  vi.spyOn(api, "listAccounts").mockResolvedValue([]);
  const groups = vi.spyOn(api, "listReportGroups").mockResolvedValue([GROUP]);
  vi.spyOn(api, "fetchBacklog").mockResolvedValue({ since: "2026-03-02T00:00:00Z", until: "2026-03-04T00:00:00Z", items: [] });
  const volume = vi.spyOn(api, "fetchVolume").mockResolvedValue(VOLUME);
  const facts = vi.spyOn(api, "listReportFacts").mockResolvedValue({ items: [FACT], next_cursor: null });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <At>
          <ReportsPage />
        </At>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { report, groups, facts, volume };
}

it("shows each measure with its median, and the change against the period before", async () => {
  show();
  expect((await screen.findByTestId("figure-first_reply")).textContent).toContain("1m 30s");
  expect(screen.getByTestId("figure-resolution").textContent).toContain("–");
  expect(screen.getByTestId("figure-opened").textContent).toBe("4");
  expect(screen.getAllByText("-50% vs. before")).toHaveLength(2);
  expect(screen.queryByText(/still being counted/)).toBeNull();
});

it("leads from a figure to its chats", async () => {
  const { facts } = show();
  await userEvent.click(within(await screen.findByTestId("figure-first_reply")).getByRole("button"));
  const row = await screen.findByTestId("report-fact");
  expect(within(row).getByRole("link", { name: "Bia Lima" })).toHaveProperty("pathname", "/inbox/2/3");
  expect(facts.mock.calls[0]?.[0]).toMatchObject({ measure: "first_reply", since: "2026-02-09", until: "2026-03-08" });
});

it("shows each plot as a table whose figures lead to their chats", async () => {
  const { facts } = show();
  const plot = await screen.findByRole("region", { name: "How many took how long" });
  await userEvent.click(within(plot).getByRole("button", { name: "Table" }));
  expect(within(plot).getAllByRole("row").map((row) => row.textContent)).toEqual(["DurationHow many took how long", "Less than 1h3", "1h or more0"]);
  await userEvent.click(within(plot).getByRole("button", { name: "3" }));
  await screen.findByTestId("report-fact");
  expect(facts.mock.calls[0]?.[0]).toMatchObject({ at_least: 0, below: 3600 });
});

it("opens the chats of a column by keyboard", async () => {
  const { facts } = show();
  const plot = await screen.findByRole("slider", { name: "First reply, median" });
  plot.focus();
  await userEvent.keyboard("{ArrowRight}{Enter}");
  expect(plot.getAttribute("aria-valuetext")).toBe("Mar 2, 2026: 1m 30s (3 first replies)");
  await screen.findByTestId("report-fact");
  expect(facts.mock.calls[0]?.[0]).toMatchObject({ since: "2026-03-02", until: "2026-03-02" });
});

it("narrows everything to a member, who is then compared between numbers", async () => {
  const { report, groups } = show();
  await userEvent.click(await screen.findByRole("button", { name: "Show only Ana" }));
  expect(report.mock.lastCall?.[0]).toMatchObject({ user_id: 5 });
  expect(groups.mock.lastCall?.[0]).toMatchObject({ user_id: 5, by: "account" });
  await userEvent.click(screen.getByRole("button", { name: "Remove the filter Ana" }));
  expect(screen.queryByRole("button", { name: "Remove the filter Ana" })).toBeNull();
  const kinds = within(screen.getByRole("tablist", { name: "Compare by" })).getAllByRole("tab");
  expect(kinds.map((tab) => tab.textContent)).toEqual(["Member", "Number", "Label", "Team"]);
});

/** The first replies of the period, and of the one before, with targets. */
function showTargets() {
  const first = measure("first_reply", 10, 90);
  const own: MeasureReport = {
    ...first,
    now: { ...first.now, met: 6, breached: 2 },
    before: { ...first.before, met: 1, breached: 1 },
    steps: first.steps.map((step, index) => (index === 0 ? { ...step, met: 6, breached: 2 } : step)),
  };
  const shown = show({ measures: [measure("opened", 4, null), own, measure("reply", 7, 4000)] });
  shown.groups.mockResolvedValue([{ ...GROUP, measures: [{ measure: "first_reply", now: own.now, before: own.before }] }]);
  shown.facts.mockResolvedValue({ items: [{ ...FACT, promised_minutes: 1, promised_office: false, is_met: false }], next_cursor: null });
  return shown;
}

it("shows how many targets were met, and leads to the chats where they were not", async () => {
  const { facts } = showTargets();
  const tile = await screen.findByTestId("targets-first_reply");
  expect(tile.textContent).toBe("75% in target2 breached+25 points vs. before");
  expect(screen.queryByTestId("targets-reply")).toBeNull();
  await userEvent.click(within(tile).getByRole("button", { name: "2 breached, show chats" }));
  expect((await screen.findByTestId("report-fact")).textContent).toContain("Breached, over 1m");
  expect(screen.getByRole("dialog", { name: "First reply, breached" })).toBeTruthy();
  expect(facts.mock.calls[0]?.[0]).toMatchObject({ measure: "first_reply", target: "breached" });
});

it("shows targets by day and compares them, each figure with its chats", async () => {
  const { facts } = showTargets();
  const plot = await screen.findByRole("region", { name: "First reply, in target" });
  await userEvent.click(within(plot).getByRole("button", { name: "Table" }));
  const text = within(plot).getAllByRole("row").map((row) => row.textContent);
  expect(text).toEqual(["DayFirst reply, in target", "Mar 2, 202675% (6 met, 2 breached)", "Mar 3, 2026No first replies"]);
  const table = screen.getByRole("region", { name: "First reply, targets compared" });
  expect(within(table).getAllByRole("row").map((row) => row.textContent)).toEqual(["MemberIn targetMetBreachedChange", "Ana75%62+25 points"]);
  await userEvent.click(within(table).getByRole("button", { name: "6, show chats" }));
  await screen.findByTestId("report-fact");
  expect(facts.mock.calls[0]?.[0]).toMatchObject({ user_id: 5, target: "met" });
});

it("says nothing of targets where there are none", async () => {
  show();
  await screen.findByTestId("figure-first_reply");
  expect(screen.queryByRole("region", { name: /target/ })).toBeNull();
});

it("says that earlier conversations are still being counted", async () => {
  show({ is_complete: false });
  expect(await screen.findByText(/still being counted/)).toBeTruthy();
});

it("formats durations by their two largest units", () => {
  expect([0, 45, 90, 3600, 4800, 40_000, 90_000, 900_000].map(formatDuration)).toEqual([
    "0s", "45s", "1m 30s", "1h", "1h 20m", "11h", "1d 1h", "10d",
  ]);
});

it("rounds the axis up to what a clock shows", () => {
  expect([3, 45, 700, 100_000].map((value) => roundUp(value, true))).toEqual([4, 60, 1200, 172_800]);
  expect([3, 45, 700].map((value) => roundUp(value, false))).toEqual([4, 60, 800]);
});

it("samples the backlog by hour, and the highest of each day over a longer time", () => {
  const items = [
    { hour: "2026-03-02T00:00:00Z", open: 2, opened: 0, closed: 0 },
    { hour: "2026-03-02T05:00:00Z", open: 5, opened: 3, closed: 0 },
    { hour: "2026-03-02T06:00:00Z", open: 1, opened: 0, closed: 4 },
  ];
  const backlog = { since: "2026-03-02T00:00:00Z", until: "2026-03-03T00:00:00Z", items };
  const hours = samplesOf(backlog);
  expect(hours).toHaveLength(24);
  expect([0, 4, 5, 6, 23].map((hour) => hours[hour]?.open)).toEqual([2, 2, 5, 1, 1]);
  expect(samplesOf({ ...backlog, until: "2026-04-30T00:00:00Z" }, new Date("2026-04-01T00:00:00Z"))).toHaveLength(30);
  expect(samplesOf({ ...backlog, until: "2026-04-30T00:00:00Z" }, new Date("2026-04-01T00:00:00Z"))[0]).toEqual({ at: "2026-03-02T06:00:00.000Z", open: 5 });
});

it("asks for what is chosen only", () => {
  const choice = { ...lastDays(7), clock: "office", measure: "reply", accountId: null, only: { kind: "label", id: 3, name: "Sale" } } as const;
  expect(filterOf(choice)).toEqual({ since: "2026-03-02", until: "2026-03-08", clock: "office", label_id: 3 });
});

it("shows messages in and out, compared with the period before", async () => {
  show();
  const received = await screen.findByRole("region", { name: "Messages received" });
  expect(received.textContent).toContain("30 · +50% vs. before");
  await userEvent.click(within(received).getByRole("button", { name: "Table" }));
  expect(within(received).getAllByRole("row").map((row) => row.textContent)).toEqual(["DayMessages received", "Mar 2, 202630", "Mar 3, 20260"]);
  // There are no chats behind them.
  expect(within(received).getAllByRole("button")).toHaveLength(1);
  const plot = screen.getByRole("slider", { name: "Messages sent" });
  expect(plot.getAttribute("aria-valuetext")).toBe("Hover or press ← → for the values");
});

it("compares messages between members by what they sent, and between numbers", async () => {
  const { volume } = show();
  const table = await screen.findByRole("region", { name: "Messages, compared" });
  const rows = () => within(table).getAllByRole("row").map((row) => row.textContent);
  expect(rows()).toEqual(["MemberSentChange", "Phone, programs and rules2-83%", "Ana10–"]);
  await userEvent.click(within(table).getByRole("tab", { name: "Number" }));
  expect(rows()).toEqual(["NumberReceivedChangeSentChange", "Shop30+50%120%"]);
  await userEvent.click(within(table).getByRole("tab", { name: "Member" }));
  await userEvent.click(within(table).getByRole("button", { name: "Show only Ana in all reports" }));
  expect(volume.mock.lastCall?.[0]).toMatchObject({ user_id: 5 });
  // A member receives nothing.
  expect(screen.queryByRole("region", { name: "Messages received" })).toBeNull();
  expect(screen.getByRole("region", { name: "Messages sent" })).toBeTruthy();
});
