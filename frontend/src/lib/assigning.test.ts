import { expect, it } from "vitest";
import type { Load } from "@/types/wire";
import { describeLoad, readMode } from "./assigning";

const load = (chat_limit: number | null): Load => ({ user_id: 1, open_chats: 3, all_open_chats: 7, chat_limit });

it.each([
  [5, 20, "3/5 · 7/20"],
  [5, null, "3/5"],
  [null, 20, "7/20"],
  [null, null, "7 open"],
])("shows the limits that there are: %s, %s", (numberLimit, ownLimit, text) => {
  expect(describeLoad(load(ownLimit), numberLimit)).toBe(text);
});

it("knows the modes, and no others", () => {
  expect([readMode("balanced"), readMode(""), readMode("random")]).toEqual(["balanced", null, null]);
});
