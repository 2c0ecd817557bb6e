import { describe, expect, it } from "vitest";
import { nameMentions } from "./mentions";

const bia = { provider_id: "120000000000001@lid", name: "Bia $& Lima", phone: null };

describe("a text with mentions", () => {
  it.each([
    ["@120000000000001 hello", "@Bia $& Lima hello"],
    ["hello @120000000000001, and @120000000000001!", "hello @Bia $& Lima, and @Bia $& Lima!"],
    ["@1200000000000011 is somebody else", "@1200000000000011 is somebody else"],
    ["write to bia@120000000000001", "write to bia@120000000000001"],
    ["@12 and @", "@12 and @"],
  ])("%s", (body, shown) => {
    expect(nameMentions(body, [bia])).toBe(shown);
  });

  it("shows the phone number of a nameless contact, and the digits of an unknown one", () => {
    const nameless = { ...bia, name: null, phone: "+5511988880000" };
    expect(nameMentions("@120000000000001", [nameless])).toBe("@+5511988880000");
    expect(nameMentions("@120000000000001", [])).toBe("@120000000000001");
  });
});
