import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useLocation } from "@/lib/navigation";
import { At } from "@/testing/At";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ACCOUNTS_KEY, applyAccount } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError, unreachable } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { FeedContext } from "@/lib/socket/context";
import { Feed } from "@/lib/socket/feed";
import { makeAccount, makeConfig } from "@/testing/factories";
import type { Account, Connected } from "@/types/wire";
import { ConnectDialog } from "./ConnectDialog";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WAITING = makeAccount({ id: 5, status: "connecting", next_step: "scan", name: null, phone: null, seq: 1 });
const CONFIG = makeConfig({ sandbox: true, phone_url: "http://localhost:4000/" });

function makeConnected(text: string, seconds: number): Connected {
  const expires_at = new Date(Date.now() + seconds * 1000).toISOString();
  return { account: WAITING, checkpoint: { type: "qrcode", qrcode: text, expires_at } };
}

function Address() {
  const { pathname } = useLocation();
  return <output data-testid="address">{pathname}</output>;
}

function show(known?: Account) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(["config"], CONFIG);
  client.setQueryData(ACCOUNTS_KEY, known === undefined ? [] : [known]);
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const connectAccount = vi.spyOn(api, "connectAccount").mockImplementation(() => Promise.resolve(makeConnected("2@one", 60)));
  const reconnectAccount = vi.spyOn(api, "reconnectAccount").mockImplementation(() => Promise.resolve(makeConnected("2@two", 60)));
  vi.spyOn(api, "listAccounts").mockImplementation(() => Promise.resolve([known ?? WAITING]));
  const disconnectAccount = vi.spyOn(api, "disconnectAccount").mockResolvedValue(undefined);
  const playBusyDay = vi.spyOn(api, "playBusyDay").mockResolvedValue(undefined);
  const feed = new Feed({ api, url: "", userId: 7, token: () => null, renew: () => Promise.resolve(null) });
  const onClose = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={feed}>
          <At path="/connections">
            <ConnectDialog known={known} onClose={onClose} />
            <Address />
          </At>
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  const openHostedPage = vi.spyOn(api, "openHostedPage");
  return { disconnectAccount, playBusyDay, client, connectAccount, reconnectAccount, openHostedPage, onClose };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it("shows the code, counts down, and offers a new one on expiry", async () => {
  const { connectAccount, reconnectAccount } = show();
  await pass(10);
  expect(connectAccount).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId("connect-qr").getAttribute("role")).toBe("img");
  expect(screen.getByTestId("connect-countdown").textContent).toBe("Expires in 1:00");
  await pass(15_000);
  expect(screen.getByTestId("connect-countdown").textContent).toBe("Expires in 0:45");
  await pass(46_000);
  expect(screen.getByTestId("connect-countdown").textContent).toBe("Expired");
  fireEvent.click(screen.getByTestId("connect-new-code"));
  await pass(10);
  expect(reconnectAccount).toHaveBeenCalledExactlyOnceWith(5, undefined);
  expect(screen.getByTestId("connect-countdown").textContent).toBe("Expires in 1:00");
});

it("links to the test phone in the sandbox", async () => {
  show();
  await pass(10);
  expect(screen.getByRole("link", { name: "Open the test phone" }).getAttribute("href")).toBe(CONFIG.phone_url);
});

it("switches to connected automatically, and leads into the inbox", async () => {
  const { client, disconnectAccount, onClose } = show();
  await pass(10);
  act(() => applyAccount(client, { ...WAITING, status: "connected", name: "Nordlicht", seq: 2 }));
  await pass(10);
  expect(screen.getByTestId("connect-success").textContent).toContain("Nordlicht");
  expect(screen.queryByTestId("connect-qr")).toBeNull();
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Open inbox" }));
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(screen.getByTestId("address").textContent).toBe("/inbox");
  cleanup();
  expect(disconnectAccount).not.toHaveBeenCalled();
});

it("reports when no code is available, and retries", async () => {
  const { connectAccount } = show();
  connectAccount.mockRejectedValueOnce(unreachable());
  await pass(10);
  expect(screen.getByRole("alert").textContent).toContain("Can’t reach Confab");
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await pass(10);
  expect(screen.getByTestId("connect-qr")).toBeTruthy();
});

it("keeps the first code when a second one is rejected", async () => {
  const { reconnectAccount } = show();
  await pass(10);
  const advice = "The number is already being connected: scan the code on the screen.";
  reconnectAccount.mockRejectedValueOnce(new ApiError(409, { code: "conflict", message: advice, fields: {}, requestId: null }));
  fireEvent.click(screen.getByTestId("connect-new-code"));
  await pass(10);
  expect(screen.getByText(advice)).toBeTruthy();
  expect(screen.getByTestId("connect-qr")).toBeTruthy();
});

it("offers UniPile's page as an alternative, and drops the code", async () => {
  const { openHostedPage } = show();
  openHostedPage.mockResolvedValue("https://unipile.example/connect/1");
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-hosted"));
  await pass(10);
  expect(screen.getByTestId("connect-hosted-link").getAttribute("href")).toBe("https://unipile.example/connect/1");
  expect(openHostedPage).toHaveBeenCalledTimes(1);
  expect(screen.queryByTestId("connect-qr")).toBeNull();
});

it("reconnects a known number on UniPile's page, and follows when it works again", async () => {
  const known = makeAccount({ id: 9, status: "needs_action", next_step: "reconnect", name: "Nordlicht", seq: 1 });
  const { client, openHostedPage } = show(known);
  openHostedPage.mockResolvedValue("https://unipile.example/reconnect/9");
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-hosted"));
  await pass(10);
  expect(openHostedPage).toHaveBeenCalledExactlyOnceWith(9);
  expect(screen.getByTestId("connect-hosted-link").getAttribute("href")).toBe("https://unipile.example/reconnect/9");
  expect(screen.queryByTestId("connect-success")).toBeNull();
  act(() => applyAccount(client, { ...known, status: "connected", next_step: "none", seq: 2 }));
  await pass(10);
  expect(screen.getByTestId("connect-success").textContent).toContain("Nordlicht");
});

it("links by a code to type on the phone", async () => {
  const { client, connectAccount, reconnectAccount } = show();
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-type"));
  fireEvent.change(screen.getByTestId("connect-phone"), { target: { value: "011 98888-0000" } });
  fireEvent.click(screen.getByTestId("connect-get-code"));
  expect(screen.getByText(/Include the country code/)).toBeTruthy();
  const expires_at = new Date(Date.now() + 180_000).toISOString();
  const typed: Connected = { account: WAITING, checkpoint: { type: "code", code: "ABCD-2345", expires_at } };
  connectAccount.mockResolvedValueOnce(typed);
  reconnectAccount.mockResolvedValueOnce({ ...typed, checkpoint: { type: "code", code: "WXYZ-6789", expires_at } });
  fireEvent.change(screen.getByTestId("connect-phone"), { target: { value: "+55 (11) 98888-0000" } });
  fireEvent.click(screen.getByTestId("connect-get-code"));
  await pass(10);
  expect(connectAccount).toHaveBeenLastCalledWith("+5511988880000");
  expect(screen.getByTestId("connect-code").textContent).toBe("ABCD-2345");
  expect(screen.getByTestId("connect-countdown").textContent).toBe("Expires in 3:00");
  fireEvent.click(screen.getByTestId("connect-new-code"));
  await pass(10);
  expect(reconnectAccount).toHaveBeenLastCalledWith(5, "+5511988880000");
  expect(screen.getByTestId("connect-code").textContent).toBe("WXYZ-6789");
  act(() => applyAccount(client, { ...WAITING, status: "connected", seq: 2 }));
  await pass(10);
  expect(screen.getByTestId("connect-success")).toBeTruthy();
});

it("shows why the server rejects a number", async () => {
  const { connectAccount } = show();
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-type"));
  const fields = { phone_number: ["Add the country code."] };
  connectAccount.mockRejectedValueOnce(new ApiError(422, { code: "invalid", message: "Some fields are wrong.", fields, requestId: null }));
  fireEvent.change(screen.getByTestId("connect-phone"), { target: { value: "11 98888-0000" } });
  fireEvent.click(screen.getByTestId("connect-get-code"));
  await pass(10);
  expect(connectAccount).toHaveBeenLastCalledWith("11988880000");
  expect(screen.getByText("Add the country code.")).toBeTruthy();
});

it("reports that the number is already connected", async () => {
  const { client } = show();
  await pass(10);
  act(() => applyAccount(client, { ...WAITING, status: "disconnected", status_reason: "DUPLICATE", next_step: "none", seq: 2 }));
  await pass(10);
  expect(screen.getByText(/already connected/)).toBeTruthy();
  expect(screen.queryByTestId("connect-qr")).toBeNull();
});

it("cancels a pairing that was not scanned when it closes, or when another way is chosen", async () => {
  const { client, disconnectAccount } = show();
  await pass(10);
  client.setQueryData(ACCOUNTS_KEY, [WAITING]);
  cleanup();
  expect(disconnectAccount).toHaveBeenCalledExactlyOnceWith(5);
  expect(client.getQueryData(ACCOUNTS_KEY)).toEqual([]);
  const { disconnectAccount: second } = show();
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-type"));
  expect(second).toHaveBeenCalledExactlyOnceWith(5);
});

it("keeps a number whose code was scanned when it closes", async () => {
  const { client, disconnectAccount } = show();
  await pass(10);
  act(() => applyAccount(client, { ...WAITING, next_step: "wait", status_reason: "CREATION_SUCCESS", seq: 2 }));
  await pass(10);
  cleanup();
  expect(disconnectAccount).not.toHaveBeenCalled();
});

it("links a test phone with one click in the sandbox", async () => {
  const { playBusyDay } = show();
  expect(screen.getByTestId("connect-busy-day")).toHaveProperty("disabled", true);
  await pass(10);
  fireEvent.click(screen.getByTestId("connect-busy-day"));
  await pass(10);
  expect(playBusyDay).toHaveBeenCalledExactlyOnceWith(5);
});
