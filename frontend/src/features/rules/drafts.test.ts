import { describe, expect, it } from "vitest";
import type { Rule } from "@/types/wire";
import { areComplete, missingIn, missingToTry, newAction, newCondition, newRule, splitTexts, testOf, TESTS, withEvent } from "./drafts";
import { moveAfter } from "./queries";

const label = { ...newAction("label"), label_id: 3 };
const draft = { ...newRule([1]), name: "Night", actions: [label] };

describe("a rule while it is written", () => {
  it("says what it still needs", () => {
    expect(missingIn(draft)).toBeNull();
    const cases = [
      [{ name: " " }, "rules.missing.name"],
      [{ account_ids: [] }, "rules.missing.number"],
      [{ actions: [] }, "rules.missing.actions"],
      [{ actions: [newAction("label")] }, "rules.missing.actions"],
      [{ conditions: [newCondition("text-words")] }, "rules.missing.conditions"],
      [{ conditions: [newCondition("team-one_of")] }, "rules.missing.conditions"],
    ] as const;
    for (const [changes, missing] of cases) expect(missingIn({ ...draft, ...changes }), JSON.stringify(changes)).toBe(missing);
    expect(missingIn({ ...draft, conditions: [newCondition("hours-closed"), { ...newCondition("text-words"), texts: ["oi"] }] })).toBeNull();
    expect(missingToTry({ ...draft, name: "" })).toBeNull();
  });

  it("has minutes for events that wait, and texts for those of messages", () => {
    const written = { ...draft, conditions: [{ ...newCondition("text-contains"), texts: ["oi"] }, newCondition("assignee-none")] };
    const waiting = withEvent(written, "unreplied");
    expect([waiting.minutes, waiting.conditions.map(testOf)]).toEqual([30, ["assignee-none"]]);
    expect(missingIn({ ...waiting, minutes: null })).toBe("rules.missing.minutes");
    expect(withEvent(waiting, "opened").minutes).toBeNull();
  });

  it("knows each test by one name", () => {
    expect(TESTS.map((name) => testOf(newCondition(name)))).toEqual(TESTS);
  });

  it("takes words with commas between them", () => {
    expect(splitTexts(" refund, money back,, ")).toEqual(["refund", "money back"]);
  });
});

it("an action needs its target", () => {
  expect(areComplete([newAction("assign"), newAction("close"), newAction("snooze")])).toBe(true);
  for (const kind of ["note", "reply", "notify", "unlabel"] as const) expect(areComplete([newAction(kind)]), kind).toBe(false);
});

it("a moved rule stands behind the other", () => {
  const rules = [1, 2, 3].map((id) => ({ id }) as Rule);
  const ids = (...args: [number, number | null]) => moveAfter(rules, ...args).map(({ id }) => id);
  expect(ids(1, 3)).toEqual([2, 3, 1]);
  expect(ids(3, null)).toEqual([3, 1, 2]);
  expect(ids(3, 1)).toEqual([1, 3, 2]);
  expect(ids(9, 1)).toEqual([1, 2, 3]);
});
