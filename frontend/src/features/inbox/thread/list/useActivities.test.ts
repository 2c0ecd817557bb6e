import { describe, expect, it, vi } from "vitest";
import { CachedQueries } from "@/lib/queryClient";
import { readSlowly } from "@/testing/slowReads";
import type { Activity } from "@/types/wire";
import { applyActivity } from "./useActivities";

const ACTIVITY = { id: 5, account_id: 1, chat_id: 2, seq: 9 } as Activity;
const KEY = ["activities", 1, 2];
const pages = (...items: readonly unknown[]) => ({ pages: [{ items, next_cursor: null }], pageParams: [null] });

describe("an activity that is pushed", () => {
  it("while the first page is on its way is shown", async () => {
    const client = new CachedQueries();
    const { server, answer, read } = readSlowly(client, KEY, pages());
    server.rows = pages(ACTIVITY);
    applyActivity(client, ACTIVITY);
    await answer();
    await vi.waitFor(() => expect(read()).toEqual(pages()));
    await answer();
    await vi.waitFor(() => expect(read()).toEqual(pages(ACTIVITY)));
  });

  it("while a page is read again stays", async () => {
    const client = new CachedQueries();
    const { server, answer, read } = readSlowly(client, KEY, pages());
    await answer();
    await vi.waitFor(() => expect(read()).toEqual(pages()));
    void client.refetchQueries({ queryKey: KEY });
    server.rows = pages(ACTIVITY);
    applyActivity(client, ACTIVITY);
    expect(read()).toEqual(pages(ACTIVITY));
    await answer();
    await vi.waitFor(() => expect(client.isFetching()).toBe(0));
    expect(read()).toEqual(pages(ACTIVITY));
  });
});
