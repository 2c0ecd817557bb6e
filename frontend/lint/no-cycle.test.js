import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findPath } from "./no-cycle.js";

let root;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "confab-cycle-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const write = (name, text) => writeFileSync(path.join(root, name), text);
const find = (from, to) => findPath(path.join(root, from), path.join(root, to), root)?.map((file) => path.relative(root, file)) ?? null;

it("finds a cycle over aliases and type imports", () => {
  write("a.ts", 'import { b } from "@/b";\n');
  write("b.tsx", 'import type { C } from "./c";\nimport { useState } from "react";\n');
  write("c.ts", 'import {\n  a,\n} from "./a";\n');
  expect(find("b.tsx", "a.ts")).toEqual(["b.tsx", "c.ts", "a.ts"]);
});

it("finds none where two files import the same third", () => {
  write("a.ts", 'import "./c";\nimport { b } from "./b";\n');
  write("b.ts", 'export * from "./c";\n');
  write("c.ts", "export const c = 1;\n");
  expect(find("b.ts", "a.ts")).toBeNull();
  expect(find("c.ts", "a.ts")).toBeNull();
});
