/** A list that is shown, of a server that answers when the test says so. */
import { QueryObserver, type QueryClient, type QueryKey } from "@tanstack/react-query";
import { expect, vi } from "vitest";

/** Each answer is what the server had when it was asked. */
export function readSlowly(client: QueryClient, queryKey: QueryKey, initial: unknown) {
  const server = { rows: initial };
  const pending: (() => void)[] = [];
  const queryFn = () => {
    const seen = server.rows;
    return new Promise((resolve) => pending.push(() => resolve(seen)));
  };
  const observer = new QueryObserver(client, { queryKey, queryFn, staleTime: Infinity });
  observer.subscribe(() => undefined);
  const answer = async () => {
    await vi.waitFor(() => expect(pending.length).toBeGreaterThan(0));
    for (const resolve of pending.splice(0)) resolve();
    await Promise.resolve();
  };
  return { server, answer, read: () => client.getQueryData(queryKey) };
}
