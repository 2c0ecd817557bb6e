import { expect, it } from "vitest";
import { ApiError, describeError, parseError, unreachable } from "./errors";

const make = (code: string, message: string) => new ApiError(400, { code, message, fields: {}, requestId: null });

it.each([
  [make("unavailable", "The service is temporarily unavailable: try again in a moment."), "Confab is busy. Try again in a moment."],
  [make("forbidden", "Your role does not allow this."), "You don’t have permission to do that."],
  [make("forbidden", "Only messages that this account sent can be edited or deleted."), "Only messages that this account sent can be edited or deleted."],
  [make("not_found", "Not found, or not accessible to you."), "Not found."],
  [make("not_found", "This link was used already, or has expired."), "This link was used already, or has expired."],
  [make("plan_limit", "The plan includes one number."), "The plan includes one number."],
  [parseError(502, "<html>", null), "UniPile returned an error. Try again."],
  [parseError(418, null, null), "Something went wrong. Try again in a moment."],
  [unreachable(), "Can’t reach Confab. Check your connection and try again."],
  [new TypeError("x is undefined"), "Something went wrong. Try again in a moment."],
])("describes an error for the user %#", (error, text) => {
  expect(describeError(error)).toBe(text);
});
