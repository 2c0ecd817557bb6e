/** Chats are selected one by one, in ranges, and all at once. */
import { describe, expect, it, vi } from "vitest";
import { makeChat } from "@/testing/factories";
import { Selection } from "./selection";

const rowOf = (id: number) => makeChat({ id });
const rows = [1, 2, 3, 4, 5].map(rowOf);

function make() {
  const selection = new Selection();
  selection.showRows(rows);
  return { selection, ids: () => [...selection.getSnapshot().keys()] };
}

describe("a selection", () => {
  it("takes a chat and gives it back", () => {
    const { selection, ids } = make();
    const listener = vi.fn();
    selection.subscribe(listener);
    selection.toggle(rowOf(2));
    selection.toggle(rowOf(4));
    expect([ids(), selection.has(2), selection.isEmpty]).toEqual([[2, 4], true, false]);
    selection.toggle(rowOf(2));
    expect(ids()).toEqual([4]);
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it.each([
    ["down", 1, 4, [1, 2, 3, 4]],
    ["up", 4, 2, [4, 2, 3]],
  ])("goes %s to a row", (_, from, to, expected) => {
    const { selection, ids } = make();
    selection.toggle(rowOf(from));
    selection.extendTo(rowOf(to));
    expect(ids()).toEqual(expected);
  });

  it("begins where there is no row to go on from", () => {
    const { selection, ids } = make();
    selection.extendTo(rowOf(4));
    expect(ids()).toEqual([4]);
  });

  it("takes all rows and ends", () => {
    const { selection, ids } = make();
    selection.selectAll();
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    selection.showRows([]);
    expect(ids()).toHaveLength(5);
    selection.clear();
    expect(selection.isEmpty).toBe(true);
  });
});
