/** Lists that are read and pushed to: a push that arrives while an answer is on its way is not lost. */
import { QueryObserver, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { expect, it, vi } from "vitest";
import { readSlowly } from "@/testing/slowReads";
import { applyMonth } from "./monthUsage";
import { applyPushed, CachedQueries } from "./queryClient";
import { removeAccount } from "./accounts";

it("reads once more, however often it was invalidated meanwhile, and nothing that is not shown", async () => {
  const client = new CachedQueries();
  const asked = vi.fn(() => new Promise((resolve) => setTimeout(resolve, 0, "rows")));
  const stop = new QueryObserver(client, { queryKey: ["list"], queryFn: asked, staleTime: Infinity }).subscribe(() => undefined);
  const hidden = vi.fn(() => new Promise((resolve) => setTimeout(resolve, 0, "rows")));
  const prefetched = client.query({ queryKey: ["hidden"], queryFn: hidden });
  for (let n = 0; n < 3; n += 1) void client.invalidateQueries();
  await prefetched;
  await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  await vi.waitFor(() => expect(client.isFetching()).toBe(0));
  expect(asked).toHaveBeenCalledTimes(2);
  expect(hidden).toHaveBeenCalledTimes(1);
  expect(client.getQueryState(["hidden"])?.isInvalidated).toBe(true);
  stop();
});

it("changes nothing that was never read", () => {
  const client = new CachedQueries();
  applyPushed(client, ["list"], () => "pushed");
  expect(client.getQueryData(["list"])).toBeUndefined();
});

it.each<[string, QueryKey, unknown, unknown, (client: QueryClient) => void]>([
  ["an account that the user left", ["accounts"], [{ id: 1 }, { id: 2 }], [{ id: 2 }], (client) => removeAccount(client, 1)],
  ["the usage of a month", ["entitlements"], [{ provider: "whatsapp", messages: { used: 1 } }], [{ provider: "whatsapp", messages: { used: 2 } }], (client) => applyMonth(client, { provider: "whatsapp", period: "2026-11" } as never)],
])("%s, pushed while the list is read again, is as the server has it now", async (_, key, before, after, push) => {
  const client = new CachedQueries();
  const { server, answer, read } = readSlowly(client, key, before);
  await answer();
  await vi.waitFor(() => expect(read()).toEqual(before));
  void client.refetchQueries({ queryKey: key });
  server.rows = after;
  push(client);
  await answer();
  await vi.waitFor(() => expect(read()).toEqual(after));
});
