import { expect, it } from "vitest";
import { countLoneEmoji, foldBlocks } from "./foldText";
import { parseMessage } from "./parseMessage";
import { shownOf } from "./tokens";

const fold = (body: string) => {
  const folded = foldBlocks(parseMessage(body));
  return folded === null ? null : shownOf(folded);
};

it.each(["", "Hello", "word ".repeat(170), "line\n".repeat(14)])("shows a short text whole", (body) => {
  expect(fold(body)).toBeNull();
});

it("cuts a long text at a blank, and says so", () => {
  const shown = fold("word ".repeat(400)) ?? "";
  expect(shown).toMatch(/^(word )+word…$/);
  expect(shown.length).toBeLessThanOrEqual(701);
  expect(shown.length).toBeGreaterThan(600);
});

it("cuts a text of many lines", () => {
  const shown = fold(Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n")) ?? "";
  expect(shown.split("\n").length).toBeLessThanOrEqual(13);
  expect(shown.split("\n").length).toBeGreaterThan(8);
});

it("cuts a text without blanks between two characters as people see them", () => {
  const shown = fold("👩‍👧".repeat(400)) ?? "";
  expect(shown.replace(/…$/, "").replaceAll("👩‍👧", "")).toBe("");
  expect(shown).toContain("…");
});

it("cuts lists and code, and keeps formatting", () => {
  const body = `*Title*\n${"- item of the list\n".repeat(40)}`;
  const folded = foldBlocks(parseMessage(body)) ?? [];
  expect(folded[0]?.tokens[1]).toMatchObject({ text: "Title", marks: ["bold"] });
  expect(folded.filter(({ kind }) => kind === "bullet").length).toBeLessThan(13);
  expect(fold(`\`\`\`\n${"code\n".repeat(60)}\`\`\``)).toContain("…");
});

it("shows the beginning of every long text", () => {
  for (const body of ["a".repeat(5_000), "*b* ".repeat(2_000), "\n".repeat(100), "> quote\n".repeat(50), `https://x.example/${"a".repeat(3_000)}`]) {
    const shown = fold(body) ?? "";
    expect(shownOf(parseMessage(body)).startsWith(shown.replace(/…$/, "")), body.slice(0, 20)).toBe(true);
  }
});

it.each([
  ["👍", 1],
  ["❤️", 1],
  ["👩‍👧 🇧🇷", 2],
  ["😂😂😂", 3],
  ["😂😂😂😂", 0],
  ["ok 👍", 0],
  ["", 0],
  ["  ", 0],
  ["1", 0],
  ["©", 1],
  ["👍".repeat(500), 0],
] as const)("counts the emoji of %j", (body, count) => {
  expect(countLoneEmoji(body)).toBe(count);
});
