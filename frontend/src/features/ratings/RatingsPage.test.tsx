import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { FeedContext } from "@/lib/socket/context";
import { makeAccount, makeMessage } from "@/testing/factories";
import { makeFeed } from "@/testing/fakeFeed";
import type { Activity, Page, Survey, SurveySummary } from "@/types/wire";
import { RatingsPage } from "./RatingsPage";
import { concernsRatings } from "./useRatings";

const RATING: Survey = {
  id: 3, account_id: 4, chat_id: 9, conversation_id: 2, chat_title: "Bia Lima", score: 4, comment: "Tudo certo", user: { id: 8, name: "Ana" },
  asked_at: "2026-11-02T09:00:00.000Z", answered_at: "2026-11-02T09:05:00.000Z", message_id: 1, answer_id: 2, comment_id: 2,
};
const BY_PHONE: Survey = { ...RATING, id: 2, score: 1, comment: null, user: null };
const FIGURES = { asked: 5, answered: 2, average: 2.5, scores: [1, 0, 0, 1, 0] };
const SUMMARY: SurveySummary = { total: FIGURES, accounts: [{ account_id: 4, ...FIGURES }], users: [{ user: { id: 8, name: "Ana" }, ...FIGURES }, { user: null, ...FIGURES }] };
const NONE: SurveySummary = { total: { asked: 0, answered: 0, average: null, scores: [0, 0, 0, 0, 0] }, accounts: [], users: [] };

const page = (items: Survey[], next_cursor: string | null = null): Page<Survey> => ({ items, next_cursor });
const denial = new ApiError(503, { code: "unavailable", message: "Busy.", fields: {}, requestId: null });

function show(first: Page<Survey>, summary = SUMMARY, path = "/ratings") {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const list = vi.spyOn(api, "listSurveys").mockResolvedValue(first);
  const summarise = vi.spyOn(api, "fetchSurveySummary").mockResolvedValue(summary);
  const save = vi.spyOn(api, "exportSurveys");
  const { feed, push } = makeFeed();
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ACCOUNTS_KEY, [makeAccount({ id: 4, name: "Nordlicht" })]);
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={feed}>
          <At path={path}>
            <RatingsPage />
          </At>
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { list, summarise, save, push };
}

it("shows each rating with its chat, comment, person and number", async () => {
  show(page([RATING, BY_PHONE]));
  const [first, second] = await screen.findAllByTestId("rating");
  expect(first?.textContent).toContain("4 of 5Bia LimaTudo certoAnaNordlicht");
  expect(first?.querySelector("a")?.getAttribute("href")).toBe("/inbox/4/9");
  expect(second?.textContent).toContain("1 of 5Bia LimaOn the phone");
});

it("shows averages, and how often each rating was given", async () => {
  show(page([RATING]));
  const summary = await screen.findByTestId("ratings-summary");
  expect(summary.textContent).toContain("2.5 of 5");
  expect(summary.textContent).toContain("2 of 5 answered");
  expect(within(summary).getByText("4 of 5: 1 time")).toBeTruthy();
  expect(screen.getAllByTestId("ratings-average").map((row) => row.textContent)).toEqual(["Ana2.525", "On the phone2.525"]);
});

it("filters the list, and the summary by all but the rating; days are in UTC", async () => {
  const { list, summarise } = show(page([RATING]), SUMMARY, "/ratings?from=2026-11-01&to=2026-11-02");
  await screen.findByTestId("rating");
  await userEvent.selectOptions(screen.getByTestId("ratings-score"), "4");
  await userEvent.selectOptions(screen.getByTestId("ratings-person"), "0");
  const asked = { user_id: "0", since: "2026-11-01T00:00:00.000Z", until: "2026-11-03T00:00:00.000Z" };
  await vi.waitFor(() => expect(list).toHaveBeenLastCalledWith({ ...asked, score: "4" }, null, expect.anything()));
  expect(summarise).toHaveBeenLastCalledWith(asked, expect.anything());
});

it("says how to get ratings where there are none, and that filters find nothing", async () => {
  show(page([]), NONE);
  expect(await screen.findByText("No ratings yet")).toBeTruthy();
  expect(screen.queryByTestId("ratings-summary")).toBeNull();
  show(page([]), NONE, "/ratings?score=1");
  expect(await screen.findByText("Nothing found")).toBeTruthy();
});

it("reports what fails", async () => {
  const { list, save } = show(page([RATING], "c1"));
  list.mockRejectedValueOnce(denial);
  save.mockRejectedValueOnce(denial);
  await userEvent.click(await screen.findByTestId("ratings-more"));
  expect(await screen.findByText("Confab is busy. Try again in a moment.")).toBeTruthy();
  await userEvent.click(screen.getByTestId("ratings-save"));
  expect(await screen.findAllByText("Confab is busy. Try again in a moment.")).toHaveLength(2);
});

const activity = (kind: Activity["kind"]): Activity => ({ id: 1, seq: 9, account_id: 4, chat_id: 9, kind, actor: { kind: "system", id: 0, name: null }, details: {}, at: "2026-11-02T09:05:00.000Z" });

it("reads again when a contact rates, or writes about a rating, and not for anything else", async () => {
  const { list, summarise, push } = show(page([BY_PHONE]));
  await screen.findByTestId("rating");
  push({ event: "activity:new", data: activity("closed") });
  push({ event: "message:new", data: makeMessage({ chat_id: 10 }) });
  expect(list).toHaveBeenCalledTimes(1);
  list.mockResolvedValue(page([RATING, BY_PHONE]));
  push({ event: "activity:new", data: activity("rated") });
  await vi.waitFor(() => expect(screen.getAllByTestId("rating")).toHaveLength(2));
  expect(summarise.mock.calls.length).toBeGreaterThan(1);
});

it("knows the messages that may be words about a rating, and questions", () => {
  const written = { event: "message:new", data: makeMessage({ chat_id: 9 }) } as const;
  expect(concernsRatings(written, [BY_PHONE])).toBe(true);
  expect(concernsRatings(written, [RATING])).toBe(false);
  expect(concernsRatings({ event: "message:sent", data: makeMessage({ author: { kind: "rule", id: 1, name: null } }) }, [])).toBe(true);
  expect(concernsRatings({ event: "message:sent", data: makeMessage({ author: { kind: "user", id: 1, name: "Ana" } }) }, [])).toBe(false);
  expect(concernsRatings({ event: "contact:erased", data: { id: 1, account_id: 4, seq: 3 } as never }, [])).toBe(true);
});
