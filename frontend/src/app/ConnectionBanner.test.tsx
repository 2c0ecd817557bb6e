import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FeedContext } from "@/lib/socket/context";
import { Feed } from "@/lib/socket/feed";
import { makeChat, makeMessage } from "@/testing/factories";
import { createSockets } from "@/testing/fakeSocket";
import { ConnectionBanner } from "./ConnectionBanner";

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
});
afterEach(() => vi.useRealTimers());

function show() {
  const { create, latest } = createSockets();
  const token = () => "token";
  const renew = () => Promise.resolve("token");
  const api = { listChanges: vi.fn(), listOwnChanges: vi.fn(), fetchAccount: vi.fn() };
  const feed = new Feed({ api, url: "", userId: 7, token, renew, createSocket: create });
  render(
    <FeedContext value={feed}>
      <ConnectionBanner />
    </FeedContext>,
  );
  act(() => feed.start());
  return { feed, latest };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const banner = () => screen.queryByTestId("connection-banner")?.textContent ?? null;

it("shows nothing on the first connection", async () => {
  const { feed, latest } = show();
  await pass(2_000);
  act(() => latest().welcome());
  await pass(2_000);
  expect(banner()).toBeNull();
  feed.stop();
});

it("ignores a short interruption", async () => {
  const { feed, latest } = show();
  act(() => latest().welcome());
  await pass(10);
  act(() => latest().end(1012));
  await pass(1_100);
  act(() => latest().welcome());
  await pass(3_000);
  expect(banner()).toBeNull();
  feed.stop();
});

it("says when the connection is lost, and when it is back", async () => {
  const { feed, latest } = show();
  act(() => latest().welcome());
  await pass(10);
  act(() => latest().end(1012));
  await pass(2_000);
  expect(banner()).toContain("Reconnecting");
  act(() => latest().welcome());
  expect(banner()).toBe("Back online");
  await pass(4_100);
  expect(banner()).toBeNull();
  feed.stop();
});

it("counts the replayed messages: each once, incoming only", async () => {
  const { feed, latest } = show();
  act(() => latest().welcome());
  await pass(10);
  act(() => latest().push("message:new", 1, makeMessage({ id: 1, direction: "in" })));
  act(() => latest().end(1012));
  await pass(2_000);
  const replay: readonly [string, object][] = [
    ["message:new", makeMessage({ id: 2, direction: "in" })],
    ["message:new", makeMessage({ id: 3, direction: "in" })],
    ["message:new", makeMessage({ id: 3, direction: "in" })],
    ["message:new", makeMessage({ id: 4, direction: "out" })],
    ["message:new", makeMessage({ id: 5, direction: "in", is_event: true })],
    ["message:updated", makeMessage({ id: 1, direction: "in" })],
    ["chat:updated", makeChat({ id: 2 })],
  ];
  act(() => {
    latest().onopen?.();
    latest().answer();
    for (const [event, data] of replay) latest().push(event, 9, data);
    latest().answer(true, { accounts: { "1": 9 } });
  });
  expect(banner()).toBe("Back online, 2 new");
  act(() => latest().push("message:new", 10, makeMessage({ id: 6, direction: "in" })));
  expect(banner()).toBe("Back online, 2 new");
  feed.stop();
});

it("reports a rejected connection until the user retries", async () => {
  const { feed, latest } = show();
  act(() => latest().end(4403));
  expect(banner()).toContain("Live updates are off");
  await pass(60_000);
  act(() => screen.getByRole("button").click());
  expect(banner()).toBeNull();
  act(() => latest().welcome());
  expect(banner()).toBeNull();
  feed.stop();
});
