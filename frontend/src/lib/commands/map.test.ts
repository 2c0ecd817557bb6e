/** The key map is unambiguous and reachable. */
import { describe, expect, it } from "vitest";
import { KEY_MAP, MAPPED_IDS } from "./map";

const shortcuts = MAPPED_IDS.flatMap((id) => KEY_MAP[id].keys);

describe("the key map", () => {
  it("uses no key twice", () => {
    expect(new Set(shortcuts).size).toBe(shortcuts.length);
  });

  it("has no key that is also the beginning of a sequence", () => {
    const beginnings = shortcuts.filter((keys) => keys.includes(" ")).map((keys) => keys.split(" ", 1)[0]);
    expect(shortcuts.filter((keys) => beginnings.includes(keys))).toEqual([]);
  });

  it("has a key for every action, and none that needs the Meta key", () => {
    expect(MAPPED_IDS.filter((id) => KEY_MAP[id].keys.length === 0)).toEqual([]);
    expect(shortcuts.filter((keys) => keys.includes("Meta"))).toEqual([]);
  });
});
