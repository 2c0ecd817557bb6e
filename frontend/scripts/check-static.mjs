// @ts-check
/**
 * Fails unless the committed `static/` is what `frontend/` builds.
 *
 * The compressed copies are compared by what they unpack to: another release of Node may pack the same text into
 * other bytes, and that is no difference to a browser.
 */
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const committed = path.resolve(root, "../static");

/** @param {string} folder */
async function listFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name))).sort();
}

/** @param {string} file */
async function readUnpacked(file) {
  const bytes = await readFile(file);
  if (file.endsWith(".br")) return brotliDecompressSync(bytes);
  return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** @param {string} name @param {string} fresh */
async function isSame(name, fresh) {
  const [ours, theirs] = await Promise.all([readUnpacked(path.join(committed, name)), readUnpacked(path.join(fresh, name))]);
  return ours.equals(theirs);
}

/** @param {string} fresh */
async function findDifferences(fresh) {
  const [old, now] = await Promise.all([listFiles(committed).catch(() => /** @type {string[]} */ ([])), listFiles(fresh)]);
  const missing = now.filter((name) => !old.includes(name)).map((name) => `missing: ${name}`);
  const extra = old.filter((name) => !now.includes(name)).map((name) => `left over: ${name}`);
  const shared = now.filter((name) => old.includes(name));
  const same = await Promise.all(shared.map((name) => isSame(name, fresh)));
  return [...missing, ...extra, ...shared.filter((_, index) => !same[index]).map((name) => `differs: ${name}`)];
}

const fresh = await mkdtemp(path.join(os.tmpdir(), "confab-static-"));
try {
  await build({ root, logLevel: "error", build: { outDir: fresh, emptyOutDir: true } });
  const differences = await findDifferences(fresh);
  if (differences.length > 0) {
    console.error("static/ is not what frontend/ builds. Run `npm run build` in frontend/ and commit static/.");
    for (const line of differences) console.error(`  ${line}`);
    process.exitCode = 1;
  } else {
    console.log("static/ is what frontend/ builds.");
  }
} finally {
  await rm(fresh, { recursive: true, force: true });
}
