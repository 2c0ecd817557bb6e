import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { At } from "@/testing/At";
import { expect, it } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import { InboxContext } from "@/features/inbox/context";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { makeInboxStore } from "@/testing/store";
import { makeAccount, makeEntitlement, makeMe } from "@/testing/factories";
import { makeNotebook } from "@/testing/notebook";
import type { Account, Entitlement } from "@/types/wire";
import { ObstacleNotice, useObstacle } from "./Obstacle";

const NEXT_MONTH = "2999-12-01T00:00:00.000Z";
const USER = 7;

function Foot({ account }: { readonly account: Account }) {
  const obstacle = useObstacle(account, false);
  return obstacle === null ? <p>open</p> : <ObstacleNotice obstacle={obstacle} chatId={1} />;
}

function show(account: Partial<Account>, messages?: Partial<Entitlement["messages"]>) {
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  client.setQueryData(ENTITLEMENTS_KEY, messages === undefined ? [] : [makeEntitlement({ messages: { allowed: 1000, used: 1000, level: "reached", until: NEXT_MONTH, ...messages } })]);
  const store = makeInboxStore({ post: () => Promise.resolve([]) });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={createRoutes(() => Promise.reject(new Error("no network in tests")))}>
        <InboxContext value={{ userId: USER, store, notes: makeNotebook(), drafts: new Drafts(USER) }}>
          <At>
            <Foot account={makeAccount(account)} />
          </At>
        </InboxContext>
      </ApiContext>
    </QueryClientProvider>,
  );
}

it("tells every member that the messages are used up, and until when, without the plan's figures", () => {
  show({ payer_id: USER + 1, role: "agent", messages_used_up_until: NEXT_MONTH });
  expect(screen.getByTestId("composer-closed").textContent).toBe("This number’s messages for the month are used up. Sending resumes on December 1.");
  expect(screen.queryByRole("link")).toBeNull();
});

it("tells the payer the limit of the plan, with the way to the usage", () => {
  show({ payer_id: makeMe().user.id, messages_used_up_until: NEXT_MONTH }, {});
  expect(screen.getByTestId("composer-closed").textContent).toContain("Limit of 1,000 messages reached.");
  expect(screen.getByRole("link").getAttribute("href")).toBe("/usage");
});

it.each([
  ["the month is over", { payer_id: USER + 1, messages_used_up_until: "2020-01-01T00:00:00.000Z" }, undefined],
  ["there are some left", { payer_id: USER + 1, messages_used_up_until: null }, undefined],
  ["the payer's plan has grown, and the account's row is older", { payer_id: makeMe().user.id, messages_used_up_until: NEXT_MONTH }, { level: "ok" as const, allowed: null }],
])("leaves the composer open when %s", (_, account, messages) => {
  show(account, messages);
  expect(screen.getByText("open")).toBeTruthy();
});
