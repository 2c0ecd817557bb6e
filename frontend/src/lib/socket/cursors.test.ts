import { describe, expect, it } from "vitest";
import { permutations } from "@/testing/factories";
import { Cursors } from "./cursors";

describe("Cursors", () => {
  it("stands at the highest contiguous seq, whatever the order", () => {
    for (const order of permutations([5, 6, 7, 8])) {
      const cursors = new Cursors();
      cursors.reach(1, 4);
      for (const seq of order) cursors.see(1, seq);
      expect(cursors.get(1)).toBe(8);
      expect(cursors.isBehind(1)).toBe(false);
    }
  });

  it("stops at a gap until it closes", () => {
    const cursors = new Cursors();
    cursors.reach(1, 4);
    cursors.see(1, 6);
    cursors.see(1, 7);
    expect(cursors.get(1)).toBe(4);
    expect(cursors.isBehind(1)).toBe(true);
    cursors.see(1, 5);
    expect(cursors.get(1)).toBe(7);
    expect(cursors.isBehind(1)).toBe(false);
  });

  it("is behind when the server's head is higher", () => {
    const cursors = new Cursors();
    cursors.reach(1, 4);
    cursors.noteHead(1, 4);
    expect(cursors.isBehind(1)).toBe(false);
    cursors.noteHead(1, 5);
    expect(cursors.isBehind(1)).toBe(true);
  });

  it("never moves back", () => {
    const cursors = new Cursors();
    cursors.reach(1, 9);
    cursors.reach(1, 3);
    cursors.see(1, 2);
    expect(cursors.values()).toEqual({ "1": 9 });
  });

  it("includes what was seen ahead when a page reaches it", () => {
    const cursors = new Cursors();
    cursors.reach(1, 1);
    cursors.see(1, 8);
    cursors.see(1, 9);
    cursors.reach(1, 7);
    expect(cursors.get(1)).toBe(9);
  });
});
