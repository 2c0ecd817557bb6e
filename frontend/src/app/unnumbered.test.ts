/** What has no seq is read again when the connection is back: a push that was missed meanwhile is not replayed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import type { ConnectionState } from "@/lib/socket/connection";
import type { FeedListener } from "@/lib/socket/feed";
import { followUnnumbered, UNNUMBERED } from "./unnumbered";

const PROTOCOL = join(import.meta.dirname, "../../../docs/protocol.md");
/** Kept fresh elsewhere: by the heads of each join, by the list that follows it, by their component. */
const ELSEWHERE = ["account:left", "presence", "typing", "account:refused", "head", "unnumbered:missed"];

function follow() {
  const client = new QueryClient();
  const read = new Map<string, number>();
  for (const key of Object.values(UNNUMBERED).flat()) {
    const name = key.join();
    const queryFn = () => read.set(name, (read.get(name) ?? 0) + 1).get(name) ?? 0;
    new QueryObserver(client, { queryKey: key, queryFn, staleTime: Infinity, initialData: 0 }).subscribe(() => undefined);
  }
  let heard: FeedListener | undefined;
  const stop = followUnnumbered({ listen: (listener) => ((heard = listener), () => undefined) }, client);
  const become = async (...states: ConnectionState[]) => {
    for (const state of states) heard?.onState?.(state);
    await new Promise((resolve) => setTimeout(resolve, 0));
    return Object.fromEntries(read);
  };
  return { become, stop, push: (event: string) => heard?.onChange?.({ event, data: {} } as never, null) };
}

it("reads rights again only after the connection was lost", async () => {
  const { become } = follow();
  const first = { usage: 1, entitlements: 1, labels: 1, "private-labels": 1, views: 1, "contact-fields": 1 };
  expect(await become("connecting", "live")).toEqual(first);
  expect(await become("waiting", "connecting")).toEqual(first);
  expect(await become("live")).toEqual({ usage: 2, entitlements: 2, labels: 2, "private-labels": 2, views: 2, "contact-fields": 2, me: 1, accounts: 1 });
});

it.each([
  ["labels:changed", ["labels", "private-labels"]],
  ["views:changed", ["views"]],
  ["contact-fields:changed", ["contact-fields"]],
  ["rights:changed", ["accounts", "me"]],
  ["chat:updated", []],
])("reads what %s is about", async (event, keys) => {
  const { become, push } = follow();
  push(event);
  expect(Object.keys(await become()).sort()).toEqual(keys);
});

it("reads everything again within three seconds once pushes may have been lost, and nothing after it was ended", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const first = follow();
    first.push("unnumbered:missed");
    first.push("unnumbered:missed");
    vi.advanceTimersByTime(3000);
    const ended = follow();
    ended.push("unnumbered:missed");
    ended.stop();
    vi.advanceTimersByTime(3000);
    vi.useRealTimers();
    expect(await first.become()).toEqual({ usage: 1, entitlements: 1, labels: 1, "private-labels": 1, views: 1, "contact-fields": 1, me: 1, accounts: 1 });
    expect(await ended.become()).toEqual({});
  } finally {
    vi.useRealTimers();
  }
});

it("has what is cached and not shown read when it is opened", () => {
  const client = new QueryClient();
  let heard: FeedListener | undefined;
  followUnnumbered({ listen: (listener) => ((heard = listener), () => undefined) }, client);
  for (const key of [["labels"], ["contact-fields"]]) client.setQueryData(key, []);
  heard?.onChange?.({ event: "contact-fields:changed", data: {} }, null);
  expect([client.getQueryState(["labels"])?.isInvalidated, client.getQueryState(["contact-fields"])?.isInvalidated]).toEqual([false, true]);
});

it("knows every event that is documented to have no seq", () => {
  const rows = readFileSync(PROTOCOL, "utf8").split("\n").filter((line) => /^\| `.*no `seq`/i.test(line));
  const events = rows.flatMap((line) => [.../`([\w-]+(?::\w+)?)`/g[Symbol.matchAll](line.split("|")[1] ?? "")].map((found) => found[1]));
  expect(events.sort()).toEqual([...Object.keys(UNNUMBERED), ...ELSEWHERE].sort());
});
