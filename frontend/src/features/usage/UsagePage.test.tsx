import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { applyMonth } from "@/lib/monthUsage";
import { makeEntitlement, makeMonth } from "@/testing/factories";
import type { Entitlement, UsageDay } from "@/types/wire";
import { roundUp } from "./DayPlot";
import { UsageBanner } from "./UsageBanner";
import { UsagePage } from "./UsagePage";

const DAYS: readonly UsageDay[] = [
  { day: "2026-11-01", sent: 3, received: 7 },
  { day: "2026-11-02", sent: 0, received: 1 },
];

/** Jsdom lays nothing out. */
class Unmeasured {
  readonly observe = () => undefined;
  readonly disconnect = () => undefined;
}

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Unmeasured);
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-23T10:00:00Z") });
  localStorage.clear();
});
afterEach(() => vi.useRealTimers());

function show(fields: Partial<Entitlement> = {}, days = DAYS) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const plan = vi.spyOn(api, "listEntitlements").mockResolvedValue([makeEntitlement(fields)]);
  const usage = vi.spyOn(api, "fetchUsage").mockImplementation((period) =>
    Promise.resolve({ period, items: [{ ...makeMonth({ period }), days }] }),
  );
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <At>
          <UsageBanner />
          <UsagePage />
        </At>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { client, plan, usage };
}

it("shows the plan, its limits as text and meters, and its end", async () => {
  show({ expires_at: "2027-01-31T00:00:00.000Z" });
  expect(await screen.findByRole("heading", { name: "Team plan" })).toBeTruthy();
  expect(screen.getByText("Until January 31, 2027")).toBeTruthy();
  expect(screen.getAllByText("40 of 1,000")[0]).toBeTruthy();
  expect(screen.getByRole("meter", { name: "Messages this month" })).toHaveProperty("value", 40);
  expect(screen.queryByRole("meter", { name: "Members" })).toBeNull();
  expect(screen.getByText("3, no limit")).toBeTruthy();
});

it("explains what it means to have no plan", async () => {
  show({ is_active: false, plan: null });
  expect(await screen.findByText("No active plan")).toBeTruthy();
  expect(screen.queryByRole("meter")).toBeNull();
});

it("shows the days by keyboard and as a table", async () => {
  show();
  const plot = await screen.findByTestId("usage-plot");
  plot.focus();
  await userEvent.keyboard("{ArrowRight}");
  expect(plot.getAttribute("aria-valuetext")).toBe("November 1: 7 received, 3 sent");
  await userEvent.keyboard("{ArrowRight}{ArrowRight}");
  expect(screen.getByTestId("usage-day").textContent).toBe("November 2: 1 received, 0 sent");
  await userEvent.keyboard("{Home}");
  expect(plot.getAttribute("aria-valuenow")).toBe("1");
  await userEvent.tab();
  plot.focus();
  await userEvent.keyboard("{Home}");
  expect(plot.getAttribute("aria-valuenow")).toBe("1");
  await userEvent.keyboard("{End}{ArrowRight}");
  expect(plot.getAttribute("aria-valuenow")).toBe("2");
  await userEvent.click(screen.getByTestId("usage-as-table"));
  expect(screen.getAllByRole("row").map((row) => row.textContent)).toEqual(["DayReceivedSent", "November 173", "November 210"]);
});

it("goes to earlier months, but not beyond the current one", async () => {
  const { usage } = show();
  await screen.findByTestId("usage-plot");
  expect(screen.getByTestId("usage-after")).toHaveProperty("disabled", true);
  await userEvent.click(screen.getByTestId("usage-before"));
  expect(await screen.findByRole("heading", { name: "October 2026" })).toBeTruthy();
  expect(usage).toHaveBeenLastCalledWith("2026-10", expect.anything());
  await userEvent.click(screen.getByTestId("usage-after"));
  expect(screen.getByRole("heading", { name: "November 2026" })).toBeTruthy();
});

it("reports a failed month, and retries", async () => {
  const { usage } = show();
  await screen.findByTestId("usage-plot");
  const error = new ApiError(503, { code: "unavailable", message: "Busy.", fields: {}, requestId: null });
  usage.mockRejectedValueOnce(error);
  await userEvent.click(screen.getByTestId("usage-before"));
  expect(await screen.findByText("Couldn’t load this month")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTestId("usage-plot")).toBeTruthy();
});

it("applies pushes, and reads the plan again when it changed", async () => {
  const { client, plan } = show();
  await screen.findByTestId("usage-plot");
  act(() => applyMonth(client, makeMonth({ sent_here: 801, level: "warning" })));
  expect(await screen.findAllByText("801 of 1,000")).toHaveLength(2);
  expect(plan).toHaveBeenCalledTimes(1);
  act(() => applyMonth(client, makeMonth({ allowed: null, plan: "open" })));
  await vi.waitFor(() => expect(plan).toHaveBeenCalledTimes(2));
});

it("warns until dismissed, and again at the next level", async () => {
  const messages = { allowed: 10, used: 8, level: "warning", until: "2026-12-01T00:00:00.000Z" } as const;
  const { client } = show({ messages });
  expect((await screen.findByTestId("usage-banner")).textContent).toContain("You’ve used 8 of this month’s 10 messages.");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByTestId("usage-banner")).toBeNull();
  act(() => applyMonth(client, makeMonth({ allowed: 10, sent_here: 10, level: "reached" })));
  expect((await screen.findByTestId("usage-banner")).textContent).toContain("Sending resumes on December 1");
});

it.each([
  [0, 4],
  [5, 6],
  [11, 20],
  [60, 60],
  [99, 100],
  [4001, 6000],
])("rounds %i up to %i", (value, top) => {
  expect(roundUp(value)).toBe(top);
});
