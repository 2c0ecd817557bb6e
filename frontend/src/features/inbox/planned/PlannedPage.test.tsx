import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { expect, it, vi } from "vitest";
import { ToastProvider } from "@/components/Toast";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { FeedContext } from "@/lib/socket/context";
import type { Feed, FeedListener } from "@/lib/socket/feed";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Page, PlannedInChat } from "@/types/wire";
import { PlannedPage } from "./PlannedPage";

const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

const OWN: PlannedInChat = {
  id: 3, account_id: 1, chat_id: 10, author: { kind: "user", id: 7, name: "Ana" }, text: "Bom dia", quote_id: null, client_id: "c-1",
  send_at: inHours(30), cancel_if_contact_writes: true, state: "planned", cancelled_by: null, error: null, message_id: null,
  created_at: inHours(-1), updated_at: inHours(-1), seq: 5, chat_title: "Bia Lima", chat_kind: "direct", chat_avatar: null,
};
const HERS: PlannedInChat = { ...OWN, id: 4, chat_id: 11, author: { kind: "user", id: 9, name: "Carla" }, text: "Boa tarde", send_at: inHours(24 * 9), chat_title: "Equipe", chat_kind: "group" };

const pageOf = (items: readonly PlannedInChat[], next_cursor: string | null = null): Page<PlannedInChat> => ({ items, next_cursor });
const denial = new ApiError(409, { code: "conflict", message: "It has been sent.", fields: {}, requestId: null });

function show(path = "/planned", account = makeAccount({ role: "agent" })) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const list = vi.spyOn(api, "listAllPlanned").mockResolvedValue(pageOf([OWN, HERS]));
  const listeners = new Set<FeedListener>();
  const feed = { state: "live", listen: (listener: FeedListener) => (listeners.add(listener), () => listeners.delete(listener)) };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ACCOUNTS_KEY, [account]);
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={feed as unknown as Feed}>
          <ToastProvider>
            <At path={path}>
              <PlannedPage />
            </At>
          </ToastProvider>
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  const push = (planned: PlannedInChat) => act(() => { for (const { onChange } of listeners) onChange?.({ event: "planned:updated", data: planned }, 1); });
  return { api, list, push };
}

const lines = () => screen.findAllByTestId("planned-line");
const buttonsOf = (line: HTMLElement | undefined) => within(line ?? document.body).queryAllByRole("button").map(({ textContent }) => textContent);

it("shows each under its day, with chat, number, author and text", async () => {
  show();
  const [own, hers] = await lines();
  expect(screen.getAllByRole("heading", { level: 2 })).toHaveLength(2);
  expect(own?.textContent).toContain("Bia LimaBom dia");
  expect(within(own ?? document.body).getByTestId("planned-open").getAttribute("href")).toBe("/inbox/1/10");
  expect(hers?.textContent).toContain("Carla");
  expect([buttonsOf(own), buttonsOf(hers)]).toEqual([["Edit", "Send now", "Delete"], ["Send now", "Delete"]]);
});

it("offers nothing to a viewer of the number", async () => {
  show("/planned", makeAccount({ role: "viewer", payer_id: 99 }));
  expect((await lines()).flatMap(buttonsOf)).toEqual([]);
});

it("deletes, and undo plans one's own again for its time", async () => {
  const { api } = show();
  const cancel = vi.spyOn(api, "cancelPlanned").mockResolvedValue({ ...OWN, state: "cancelled" });
  const change = vi.spyOn(api, "changePlanned").mockResolvedValue(OWN);
  const [own, hers] = await lines();
  await userEvent.click(within(hers ?? document.body).getByTestId("planned-delete"));
  expect(await screen.findByTestId("toast")).toBeTruthy();
  expect(screen.queryByTestId("toast-action")).toBeNull();
  await userEvent.click(within(own ?? document.body).getByTestId("planned-delete"));
  await userEvent.click(await screen.findByTestId("toast-action", {}, { timeout: 3_000 }));
  expect(cancel.mock.calls.map(([{ id }]) => id)).toEqual([4, 3]);
  expect(change.mock.calls).toEqual([[OWN, { send_at: OWN.send_at }]]);
});

it("reads again what was changed elsewhere, and after its own requests", async () => {
  const { api, list, push } = show();
  await lines();
  list.mockResolvedValue(pageOf([HERS]));
  push({ ...OWN, state: "sent", text: null });
  await vi.waitFor(async () => expect(await lines()).toHaveLength(1));
  vi.spyOn(api, "sendPlannedNow").mockRejectedValue(denial);
  await userEvent.click(screen.getByTestId("planned-send"));
  expect(await screen.findByText("It has been sent.")).toBeTruthy();
  vi.spyOn(api, "cancelPlanned").mockReturnValue(new Promise(() => undefined));
  await userEvent.click(screen.getByTestId("planned-delete"));
  expect(screen.queryByText("It has been sent.")).toBeNull();
});

it("filters by author and state, in the address too", async () => {
  const { list } = show("/planned?author=me");
  await lines();
  list.mockResolvedValue(pageOf([{ ...OWN, state: "failed", error: { code: "plan_limit", message: "The month is used up." } }]));
  await userEvent.selectOptions(screen.getByTestId("planned-state"), "failed");
  expect((await screen.findByText(/month is used up/)).textContent).toContain("Not sent");
  expect(list.mock.calls.map(([filter]) => filter)).toEqual([{ state: "planned", isOwn: true }, { state: "failed", isOwn: true }]);
});

it("says that there is nothing, and what went wrong", async () => {
  const { list } = show();
  await lines();
  list.mockResolvedValue(pageOf([]));
  await userEvent.selectOptions(screen.getByTestId("planned-whose"), "me");
  expect(await screen.findByText("Nothing is planned")).toBeTruthy();
  list.mockRejectedValue(denial);
  await userEvent.selectOptions(screen.getByTestId("planned-state"), "failed");
  expect(await screen.findByRole("alert")).toBeTruthy();
});
