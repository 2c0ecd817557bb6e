import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ConnectContext } from "@/lib/connect";
import { ME_KEY } from "@/lib/rights";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import { makeAccount, makeEntitlement, makeMe } from "@/testing/factories";
import { FirstNumber } from "./FirstNumber";

const FREE = makeEntitlement({ accounts: { allowed: 1, used: 0 } });

interface Known {
  readonly me?: ReturnType<typeof makeMe>;
  readonly plan?: ReturnType<typeof makeEntitlement>;
  readonly accounts?: readonly ReturnType<typeof makeAccount>[];
}

function show({ me = makeMe(), plan = FREE, accounts = [] }: Known = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ME_KEY, me);
  client.setQueryData(ACCOUNTS_KEY, accounts);
  client.setQueryData(ENTITLEMENTS_KEY, [plan]);
  const connect = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={createRoutes(() => Promise.reject(new Error("no network in tests")))}>
        <ConnectContext value={connect}>
          <FirstNumber />
        </ConnectContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { connect, client };
}

it("opens the dialog at the first visit, and leaves a button at the next", () => {
  expect(show().connect).toHaveBeenCalledExactlyOnceWith();
  cleanup();
  const { connect } = show();
  expect(connect).not.toHaveBeenCalled();
  fireEvent.click(screen.getByTestId("connect-first"));
  expect(connect).toHaveBeenCalledTimes(1);
});

it("opens it for the next user of the tab", () => {
  show();
  cleanup();
  const me = makeMe();
  expect(show({ me: { ...me, user: { ...me.user, id: me.user.id + 1 } } }).connect).toHaveBeenCalledTimes(1);
});

it("stays closed for users who may not connect numbers", () => {
  const { connect } = show({ me: makeMe({ permissions: [] }) });
  expect(connect).not.toHaveBeenCalled();
  expect(screen.queryByTestId("connect-first")).toBeNull();
});

it.each([
  { accounts: { allowed: 1, used: 1 } },
  { is_active: false },
])("leaves it closed where the plan has no room: %o", (plan) => {
  expect(show({ plan: { ...FREE, ...plan } }).connect).not.toHaveBeenCalled();
});

it("waits while another tab shows a code", async () => {
  const pairing = makeAccount({ status: "connecting", next_step: "scan", phone: null });
  const { connect, client } = show({ accounts: [pairing] });
  expect(connect).not.toHaveBeenCalled();
  act(() => void client.setQueryData(ACCOUNTS_KEY, [{ ...pairing, status: "disconnected", seq: 2 }]));
  await waitFor(() => expect(connect).toHaveBeenCalledTimes(1));
});

it("leaves it closed where the tab cannot remember it", () => {
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  expect(show().connect).not.toHaveBeenCalled();
});
