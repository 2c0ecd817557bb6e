// @ts-check
/**
 * Writes `src/types/api.ts` from the server's own OpenAPI document; with `--check`, fails when the committed file is stale.
 *
 * Only the schemas are generated: the app builds its paths by hand, in one function for each route (`src/lib/api`).
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const target = fileURLToPath(new URL("../src/types/api.ts", import.meta.url));

const HEADER = "/** Generated from the server's OpenAPI document by `make wire-types`. Do not edit. */\n";
const PRINT_DOCUMENT = [
  "import json",
  "from server.routes import ROUTES",
  "from server.routes.openapi import build_document",
  "print(json.dumps(build_document(ROUTES)))",
].join("\n");

function readDocument() {
  const installed = path.join(repository, ".venv/bin/python");
  const python = existsSync(installed) ? installed : "python3";
  const text = execFileSync(python, ["-c", PRINT_DOCUMENT], { cwd: repository, encoding: "utf8", maxBuffer: 16 * 2 ** 20 });
  return /** @type {import("openapi-typescript").OpenAPI3} */ (JSON.parse(text));
}

async function generate() {
  const { info, openapi, components } = readDocument();
  const schemas = { schemas: components?.schemas ?? {} };
  const nodes = await openapiTS({ info, openapi, components: schemas, paths: {} }, {
    immutable: true,
    // A default fills in what a request leaves out; it does not make a field of a request required.
    defaultNonNullable: false,
  });
  return HEADER + astToString(nodes);
}

const isCheck = process.argv.includes("--check");
const [fresh, committed] = await Promise.all([generate(), readFile(target, "utf8").catch(() => "")]);
if (!isCheck) {
  await writeFile(target, fresh);
} else if (fresh !== committed) {
  console.error("src/types/api.ts is not what the server's API description says. Run `make wire-types` and commit it.");
  process.exitCode = 1;
} else {
  console.log("src/types/api.ts matches the server's API description.");
}
