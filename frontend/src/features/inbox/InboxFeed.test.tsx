/** What pushes do to what is cached, whichever page is open. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import type { Change } from "@/lib/socket/changes";
import { FeedContext } from "@/lib/socket/context";
import { makeFeed } from "@/testing/fakeFeed";
import { makeNotebook } from "@/testing/notebook";
import { makeInboxStore } from "@/testing/store";
import type { Contact } from "@/types/wire";
import { InboxContext } from "./context";
import { InboxFeed } from "./InboxFeed";

function show() {
  const [api, client, { feed, push }] = [createRoutes(() => new Promise(() => undefined)), new QueryClient(), makeFeed()];
  const inbox = { userId: 7, store: makeInboxStore(), notes: makeNotebook(), drafts: new Drafts(7) };
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={feed}>
          <InboxContext value={inbox}>
            <InboxFeed />
          </InboxContext>
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { client, push };
}

const CONTACT = { id: 3, account_id: 1, seq: 9, name: "Bia", phone: null, provider_ids: [] } as unknown as Contact;

it("a contact that is cached and not shown is read when it is opened", () => {
  const key = ["contact", 1, 3];
  const change: Change = { event: "contact:updated", data: CONTACT };
  const { client, push } = show();
  client.setQueryData(key, {});
  client.setQueryData(["contact", 1, 4], {});
  push(change);
  expect(client.getQueryState(key)?.isInvalidated).toBe(true);
  expect(client.getQueryState(["contact", 1, 4])?.isInvalidated).toBe(false);
});
