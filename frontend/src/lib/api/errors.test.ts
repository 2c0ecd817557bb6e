import { expect, it } from "vitest";
import "@/i18n/said";
import { fieldProblem } from "./fieldProblem";
import { ApiError, describeError, parseError, retryPassing, unreachable } from "./errors";

const make = (code: string, message: string, reason?: unknown) => new ApiError(400, { code, message, reason, fields: {}, requestId: null });
const say = (code: string, params = {}) => ({ code, params });

it.each([
  [make("unavailable", "The service is temporarily unavailable: try again in a moment."), "Confab is busy. Try again in a moment."],
  [make("forbidden", "Your role does not allow this."), "You don’t have permission to do that."],
  [make("forbidden", "Only ours.", say("message_not_ours")), "Only messages that this account sent can be edited or deleted."],
  [make("forbidden", "Something of a newer server.", say("moon_phase")), "Something of a newer server."],
  [make("conflict", "There are 1200 rules.", say("rules_too_many", { most: 1200 })), "There are 1,200 rules already. Delete one that is not used."],
  [make("plan_limit", "x", say("plan_numbers_used", { allowed: say("numbers", { count: 3 }) })), "The plan includes 3 numbers. Disconnect one, or choose a larger plan."],
  [make("category_required", "In this account …"), "In this account a conversation is closed with a category."],
  [make("not_found", "Not found, or not accessible to you."), "Not found."],
  [make("not_found", "This link …", say("link_used")), "This link was used already, or has expired. Ask for a new one."],
  [make("moon_phase", "The moon is full."), "The moon is full."],
  [parseError(502, "<html>", null), "UniPile returned an error. Try again."],
  [parseError(418, null, null), "Something went wrong. Try again in a moment."],
  [unreachable(), "Can’t reach Confab. Check your connection and try again."],
  [new TypeError("x is undefined"), "Something went wrong. Try again in a moment."],
])("describes an error for the user %#", (error, text) => {
  expect(describeError(error)).toBe(text);
});

it("says why a field was rejected, by its code or in English", () => {
  const rejected = (fieldReasons: unknown) => new ApiError(422, { code: "invalid", message: "", fields: { to: ["Too short."] }, fieldReasons, requestId: null });
  expect(fieldProblem(rejected({ to: [say("phone_short")] }), "to")).toBe("This number is too short.");
  expect(fieldProblem(rejected({ to: [say("moon_phase")] }), "to")).toBe("Too short.");
  expect(fieldProblem(rejected(undefined), "to")).toBe("Too short.");
  expect(fieldProblem(rejected({}), "name")).toBeNull();
  expect(fieldProblem(new TypeError("x"), "to")).toBeNull();
});

it.each([
  [unreachable(), true],
  [parseError(429, null, null), true],
  [parseError(503, null, null), true],
  [parseError(403, null, null), false],
  [parseError(404, null, null), false],
  [parseError(422, null, null), false],
  [new TypeError("x is undefined"), false],
])("retries what may pass, and only so often: %s", (error, isRetried) => {
  expect([0, 1, 2].map((failures) => retryPassing(2)(failures, error))).toEqual([isRetried, isRetried, false]);
});
