/** Phone numbers are grouped once the countries' rules are loaded; other texts never change. */
import { expect, it } from "vitest";
import { formatPhone, formatPhoneOrNull, loadPhoneFormat } from "./phoneFormat";

it("leaves numbers as they are until the rules are loaded, and groups them then", async () => {
  expect(formatPhone("+5511905320118")).toBe("+5511905320118");
  await loadPhoneFormat();
  expect(formatPhone("+5511905320118")).toBe("+55 11 90532 0118");
  expect(formatPhone("+4915112340003")).toBe("+49 1511 2340003");
});

it.each(["Bia Lima", "", "+55", "5511905320118", "+55 11 90532 0118", "+9991234567"])("leaves %j as it is", async (text) => {
  await loadPhoneFormat();
  expect(formatPhone(text)).toBe(text);
  expect(formatPhoneOrNull(null)).toBeNull();
});
