import { expect, it } from "vitest";
import { boxOf, isSmall } from "./mediaBox";

const sized = (width: number | null, height: number | null, sticker = false) => ({ width, height, sticker });

it.each([
  ["a wide picture", sized(1600, 900), "20.00rem", "1.7778"],
  ["a tall picture", sized(900, 1600), "12.38rem", "0.5625"],
  ["a square", sized(800, 800), "20.00rem", "1.0000"],
  ["a very long screenshot", sized(500, 5000), "11.00rem", "0.5000"],
  ["a banner", sized(5000, 200), "20.00rem", "3.0000"],
  ["a picture of unknown size", sized(null, null), "20.00rem", "1.3333"],
])("reserves the room of %s", (_, attachment, width, aspectRatio) => {
  expect(boxOf(attachment)).toEqual({ width, aspectRatio });
});

it("does not blow up small pictures, and gives stickers their own room", () => {
  expect([isSmall(sized(40, 40)), isSmall(sized(40, 400)), isSmall(sized(40, 40, true)), isSmall(sized(null, null))]).toEqual([true, false, false, false]);
  expect(boxOf(sized(512, 512, true))).toEqual({ width: "9rem", aspectRatio: "1" });
});
