/** What is pushed while nothing of a list is shown is not heard: the list is read again when it is opened. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, it } from "vitest";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import type { Send } from "@/lib/api/client";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { startPreloading } from "@/lib/lazyPart";
import { FeedContext } from "@/lib/socket/context";
import { makeFeed } from "@/testing/fakeFeed";
import { makeNotebook } from "@/testing/notebook";
import { makeInboxStore } from "@/testing/store";
import { InboxContext } from "./context";
import { SharedDraftsProvider } from "./sharedDrafts/SharedDraftsProvider";

const ME = { user: { id: 7, email: "ada@example.com", name: "Ada", role: "owner" }, permissions: ["read", "organise"], number_permissions: {}, key: null };

/** What is asked for while this is shown, hidden, and shown again at once. */
async function askAgain(shown: ReactElement, route: string): Promise<number> {
  let asked = 0;
  const send: Send = (path) => {
    if (path.startsWith(route)) asked += 1;
    return Promise.resolve((path === "/api/auth/me" ? ME : { items: [], next_cursor: null }) as never);
  };
  const [api, client, { feed }] = [createRoutes(send), new QueryClient(), makeFeed()];
  const inbox = { userId: 7, store: makeInboxStore(), notes: makeNotebook(), drafts: new Drafts(7) };
  const show = () =>
    render(
      <QueryClientProvider client={client}>
        <ApiContext value={api}>
          <FeedContext value={feed}>
            <InboxContext value={inbox}>{shown}</InboxContext>
          </FeedContext>
        </ApiContext>
      </QueryClientProvider>,
    );
  startPreloading();
  const first = show();
  await waitFor(() => expect(asked).toBe(1));
  await waitFor(() => expect(client.isFetching()).toBe(0));
  first.unmount();
  show();
  await waitFor(() => expect(asked).toBe(2));
  return asked;
}

it("what colleagues share", async () => {
  expect(await askAgain(<SharedDraftsProvider><p /></SharedDraftsProvider>, "/api/channels/whatsapp/drafts")).toBe(2);
});
