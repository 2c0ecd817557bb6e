import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import type { Refusal } from "@/lib/api/refusals";
import type { Api } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import type { ConnectionState } from "@/lib/socket/connection";
import { FeedContext } from "@/lib/socket/context";
import type { Feed, FeedListener } from "@/lib/socket/feed";
import { RefusedBanner } from "./RefusedBanner";

interface Shown {
  readonly kept?: readonly Refusal[];
  readonly state?: ConnectionState;
  readonly permissions?: readonly string[];
}

function show({ kept = [], state = "live", permissions = ["connect_number"] }: Shown = {}) {
  const listeners = new Set<FeedListener>();
  const feed = { state, listen: (listener: FeedListener) => (listeners.add(listener), () => listeners.delete(listener)) };
  let atServer = kept;
  const listRefusals = vi.fn<Api["listRefusals"]>(() => Promise.resolve(atServer));
  const dismissRefusal = vi.fn<Api["dismissRefusal"]>((gone) => {
    atServer = atServer.filter(({ id }) => id !== gone);
    return Promise.resolve(undefined);
  });
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: 0 } } });
  client.setQueryDefaults(ME_KEY, { staleTime: Infinity });
  client.setQueryData(ME_KEY, { permissions, number_permissions: {} });
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={{ listRefusals, dismissRefusal } as unknown as Api}>
        <FeedContext value={feed as unknown as Feed}>
          <RefusedBanner />
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  const refuse = (data: unknown, refusal?: Refusal) => {
    if (refusal) atServer = [refusal];
    act(() => {
      for (const listener of listeners) listener.onChange?.("account:refused", data, null);
    });
  };
  const come = (next: ConnectionState) => {
    feed.state = next;
    act(() => {
      for (const listener of listeners) (listener as { onState?: (state: ConnectionState) => void }).onState?.(next);
    });
  };
  return { listRefusals, dismissRefusal, refuse, come };
}

const REFUSED = { id: 7, phone: "+5511988880000", error: { message: "The plan includes one number." } };
const WORDS = "+5511988880000 was not connected. The plan includes one number.";

it("says which number was refused and why, until it is read", async () => {
  const { refuse, dismissRefusal } = show();
  expect(screen.queryByTestId("refused-banner")).toBeNull();
  refuse({ ...REFUSED, provider: "whatsapp" }, REFUSED);
  expect((await screen.findByTestId("refused-banner")).textContent).toContain(WORDS);
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  await waitFor(() => {
    expect(screen.queryByTestId("refused-banner")).toBeNull();
  });
  expect(dismissRefusal).toHaveBeenCalledExactlyOnceWith(7);
});

it("says it in the same words to who was away, once", async () => {
  const { refuse } = show({ kept: [REFUSED, { ...REFUSED, id: 6, phone: null }] });
  expect(await screen.findAllByTestId("refused-banner")).toHaveLength(2);
  expect(screen.getByRole("status").textContent).toBe(`${WORDS}The number was not connected. The plan includes one number.`);
  refuse(REFUSED);
  expect(screen.getAllByTestId("refused-banner")).toHaveLength(2);
});

it("asks when the socket is there, and again when it was away", async () => {
  const { listRefusals, come } = show({ state: "waiting" });
  expect(listRefusals).not.toHaveBeenCalled();
  for (const times of [1, 2]) {
    come("live");
    await waitFor(() => {
      expect(listRefusals).toHaveBeenCalledTimes(times);
    });
    come("waiting");
  }
});

it("asks nothing for who may connect no number, and says nothing of what it does not understand", () => {
  const { listRefusals, refuse } = show({ permissions: [] });
  refuse({ id: 7, error: "x" });
  expect(listRefusals).not.toHaveBeenCalled();
  expect(screen.queryByTestId("refused-banner")).toBeNull();
});
