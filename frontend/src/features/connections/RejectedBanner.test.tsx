import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import type { Api } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import type { ConnectionState } from "@/lib/socket/connection";
import { FeedContext } from "@/lib/socket/context";
import type { RejectedAccountNotice } from "@/lib/socket/userSchemas";
import type { Feed, FeedListener } from "@/lib/socket/feed";
import type { RejectedAccount } from "@/types/wire";
import { RejectedBanner } from "./RejectedBanner";

interface Shown {
  readonly stored?: readonly RejectedAccount[];
  readonly state?: ConnectionState;
  readonly permissions?: readonly string[];
}

function show({ stored = [], state = "live", permissions = ["connect_number"] }: Shown = {}) {
  const listeners = new Set<FeedListener>();
  const feed = { state, listen: (listener: FeedListener) => (listeners.add(listener), () => listeners.delete(listener)) };
  let atServer = stored;
  const listRejectedAccounts = vi.fn<Api["listRejectedAccounts"]>(() => Promise.resolve(atServer));
  const dismissRejectedAccount = vi.fn<Api["dismissRejectedAccount"]>((dismissed) => {
    atServer = atServer.filter(({ id }) => id !== dismissed);
    return Promise.resolve(undefined);
  });
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 0 } } });
  client.setQueryDefaults(ME_KEY, { staleTime: Infinity });
  client.setQueryData(ME_KEY, { permissions, number_permissions: {} });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={{ listRejectedAccounts, dismissRejectedAccount } as unknown as Api}>
        <FeedContext value={feed as unknown as Feed}>
          <RejectedBanner />
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  const reject = (data: RejectedAccountNotice, rejected?: RejectedAccount) => {
    if (rejected) atServer = [rejected];
    act(() => {
      for (const listener of listeners) listener.onChange?.({ event: "account:refused", data }, null);
    });
  };
  const miss = () => {
    act(() => {
      for (const listener of listeners) listener.onChange?.({ event: "unnumbered:missed", data: {} }, null);
    });
  };
  const come = (next: ConnectionState) => {
    feed.state = next;
    act(() => {
      for (const listener of listeners) (listener as { onState?: (state: ConnectionState) => void }).onState?.(next);
    });
  };
  return { listRejectedAccounts, dismissRejectedAccount, reject, miss, come };
}

const REJECTED: RejectedAccount = {
  id: 7,
  provider: "whatsapp",
  phone: "+5511988880000",
  error: { code: "plan_limit", message: "The plan includes one number." },
  created_at: "2026-03-02T09:00:00.000Z",
};
const TEXTS = "+5511988880000 wasn’t connected. The plan includes one number.";

it("shows which number was rejected and why, until dismissed", async () => {
  const { reject, dismissRejectedAccount } = show();
  expect(screen.queryByTestId("refused-banner")).toBeNull();
  reject(REJECTED, REJECTED);
  expect((await screen.findByTestId("refused-banner")).textContent).toContain(TEXTS);
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  await waitFor(() => {
    expect(screen.queryByTestId("refused-banner")).toBeNull();
  });
  expect(dismissRejectedAccount).toHaveBeenCalledExactlyOnceWith(7);
});

it("shows the same text, once, for rejections missed while offline", async () => {
  const { reject } = show({ stored: [REJECTED, { ...REJECTED, id: 6, phone: null }] });
  expect(await screen.findAllByTestId("refused-banner")).toHaveLength(2);
  expect(screen.getByRole("status").textContent).toBe(`${TEXTS}The number wasn’t connected. The plan includes one number.`);
  reject(REJECTED);
  expect(screen.getAllByTestId("refused-banner")).toHaveLength(2);
});

it("reads the list on connecting, and again on reconnecting", async () => {
  const { listRejectedAccounts, come } = show({ state: "waiting" });
  expect(listRejectedAccounts).not.toHaveBeenCalled();
  for (const times of [1, 2]) {
    come("live");
    await waitFor(() => {
      expect(listRejectedAccounts).toHaveBeenCalledTimes(times);
    });
    come("waiting");
  }
});

it("reads the list again when pushes may have been lost", async () => {
  const { listRejectedAccounts, miss } = show();
  await waitFor(() => {
    expect(listRejectedAccounts).toHaveBeenCalledTimes(1);
  });
  miss();
  await waitFor(() => {
    expect(listRejectedAccounts).toHaveBeenCalledTimes(2);
  });
});

it("reads nothing for a user who may not connect accounts", () => {
  const { listRejectedAccounts } = show({ permissions: [] });
  expect(listRejectedAccounts).not.toHaveBeenCalled();
  expect(screen.queryByTestId("refused-banner")).toBeNull();
});
