/** Every text of the catalogue is used: by its id, or by a template that begins like it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "..");
const ENGLISH = path.join(import.meta.dirname, "catalogue/en");

const code = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => readFileSync(path.join(ROOT, file), "utf8"))
  .join("\n");

const isUsed = (id: string): boolean => code.includes(`"${id}"`) || code.includes(`\`${id.slice(0, id.lastIndexOf(".") + 1)}\${`);

it("has no text that nothing shows", () => {
  const ids = readdirSync(ENGLISH).flatMap((file) => Object.keys(JSON.parse(readFileSync(path.join(ENGLISH, file), "utf8")) as object));
  expect(ids.filter((id) => !isUsed(id))).toEqual([]);
  expect(isUsed("app.nothingShowsThis")).toBe(false);
});
