import { expect, it } from "vitest";
import { describeLeftOut } from "./leftOut";

it("says by the code why an action was left out", () => {
  expect(describeLeftOut({ kind: "assign", error: null })).toBeNull();
  expect(describeLeftOut({ kind: "assign", error: { code: "conflict", message: "This user is away." } })).toBe("This person is away.");
  expect(describeLeftOut({ kind: "snooze", error: { code: "conflict", message: "The chat is closed." } })).toBe("The chat is closed.");
  expect(describeLeftOut({ kind: "note", error: { code: "unavailable", message: "Busy." } })).toBe("Confab is busy. Try again in a moment.");
});

it("says what the server says where it has no text of its own", () => {
  expect(describeLeftOut({ kind: "note", error: { code: "conflict", message: "Something new." } })).toBe("Something new.");
});
