import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { FeedContext } from "@/lib/socket/context";
import { makeAccount, makeMe } from "@/testing/factories";
import { makeFeed } from "@/testing/fakeFeed";
import type { Activity, Rule } from "@/types/wire";
import { RulesPage } from "./RulesPage";

const TIME = "2026-11-02T09:00:00.000Z";
const RULE: Rule = {
  id: 3, name: "Night", is_on: true, account_ids: [1], event: "message_in", minutes: null, conditions: [], actions: [], stops: false,
  last_run_at: null, may_change: true, created_by: null, created_at: TIME, updated_at: TIME,
};
const activity = (kind: Activity["kind"]): Activity => ({ id: 1, seq: 9, account_id: 1, chat_id: 9, kind, actor: { kind: "rule", id: 3, name: "Night" }, details: {}, at: TIME });

it("shows a run as soon as a rule has run, and reads nothing for other activities", async () => {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const list = vi.spyOn(api, "listRules").mockResolvedValue([RULE]);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(ACCOUNTS_KEY, [makeAccount()]);
  client.setQueryData(ME_KEY, makeMe());
  const { feed, push } = makeFeed();
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={feed}>
          <RulesPage />
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  expect(await screen.findByText("Has not run yet")).toBeTruthy();
  push({ event: "activity:new", data: activity("assigned") });
  expect(list).toHaveBeenCalledTimes(1);
  list.mockResolvedValue([{ ...RULE, last_run_at: new Date().toISOString() }]);
  push({ event: "activity:new", data: activity("ran") });
  expect(await screen.findByText("Last run just now")).toBeTruthy();
});
