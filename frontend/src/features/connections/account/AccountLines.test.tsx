/** Above the chat list: what a long import has stored so far, and the numbers that are down. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Account } from "@/types/wire";
import { AccountLines } from "./AccountLines";

function show(accounts: readonly Account[], openId?: number) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={createRoutes(() => Promise.reject(new Error("no network in tests")))}>
        <AccountLines accounts={accounts} openId={openId} />
      </ApiContext>
    </QueryClientProvider>,
  );
}

const importing = (id: number, imported_messages: number) => makeAccount({ id, import_state: "running", imported_messages });

it("says how many messages were imported, also while a chat of the number is open", () => {
  show([importing(1, 1_000), importing(2, 240), makeAccount({ id: 3, import_state: "done", imported_messages: 5_000 })], 1);
  expect(screen.getByTestId("import-line").textContent).toBe("Importing: 1,240 messages. You can start.");
});

it("is silent about a short import and one that is done", () => {
  show([importing(1, 199), makeAccount({ id: 2, import_state: "done", imported_messages: 5_000 })]);
  expect(screen.queryByTestId("import-line")).toBeNull();
});

it("leaves the number of the open chat to its own notice", () => {
  const down = makeAccount({ id: 1, status: "needs_action", next_step: "reconnect" });
  show([down], 1);
  expect(screen.queryByTestId("number-notice")).toBeNull();
  show([down], 2);
  expect(screen.getByTestId("number-notice")).toBeTruthy();
});
