import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPhone } from "./phone";

interface Case {
  readonly text: string;
  readonly phone?: string;
  /** What is sent to the server, which knows each country's rules. */
  readonly page?: string;
}

const TABLE = join(import.meta.dirname, "../../../tests/fixtures/phones.json");
const { read, refused } = JSON.parse(readFileSync(TABLE, "utf8")) as { readonly read: readonly Case[]; readonly refused: readonly Case[] };

it.each(read)("reads a number in any notation: $text", ({ text, phone, page }) => {
  expect(readPhone(text)).toBe(page ?? phone);
});

it.each(refused)("leaves to the server, or rejects, incomplete numbers: $text", ({ text, page }) => {
  expect(readPhone(text)).toBe(page ?? null);
});

it.each([" ".repeat(2000), "x".repeat(2000), ";a".repeat(1000), "(0)".repeat(600), "0".repeat(2000), "1".repeat(10 ** 6), "tel:%"])(
  "refuses a hostile text at once",
  (text) => {
    expect(readPhone(text)).toBeNull();
  },
);
