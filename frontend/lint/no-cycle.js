/**
 * No file imports itself by way of others, types included.
 *
 * `import/no-cycle` of eslint-plugin-import skips type imports, which is where both circles of this app were.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const IMPORT = /\b(?:from|import)\s*\(?\s*"(@\/[^"]+|\.[^"]+)"/g;
const ENDINGS = ["", ".ts", ".tsx", ".js", "/index.ts", "/index.tsx"];

/** file -> [mtime, imported files]; editors run the rule in one long process. */
const cache = new Map();

const isFile = (file) => existsSync(file) && statSync(file).isFile();

function resolve(specifier, importer, root) {
  const target = specifier.startsWith("@/") ? path.join(root, specifier.slice(2)) : path.resolve(path.dirname(importer), specifier);
  return ENDINGS.map((ending) => target + ending).find(isFile) ?? null;
}

function importsOf(file, root) {
  const { mtimeMs } = statSync(file);
  const known = cache.get(file);
  if (known !== undefined && known[0] === mtimeMs) return known[1];
  const specifiers = [...readFileSync(file, "utf8").matchAll(IMPORT)].map((match) => match[1]);
  const found = specifiers.map((specifier) => resolve(specifier, file, root)).filter((target) => target !== null);
  cache.set(file, [mtimeMs, found]);
  return found;
}

/** The way from `start` to `goal` over imports; null when there is none. */
export function findPath(start, goal, root) {
  const queue = [[start]];
  const seen = new Set([start]);
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    if (way.at(-1) === goal) return way;
    for (const next of importsOf(way.at(-1), root)) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...way, next]);
    }
  }
  return null;
}

export default {
  meta: {
    type: "problem",
    schema: [{ type: "object", properties: { root: { type: "string" } }, required: ["root"], additionalProperties: false }],
    messages: { cycle: "This import is a cycle: {{way}}." },
  },
  create(context) {
    const [{ root }] = context.options;
    const check = (node) => {
      const target = typeof node.source?.value === "string" ? resolve(node.source.value, context.filename, root) : null;
      const way = target === null ? null : findPath(target, context.filename, root);
      if (way !== null) context.report({ node, messageId: "cycle", data: { way: way.map((file) => path.relative(root, file)).join(" -> ") } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
