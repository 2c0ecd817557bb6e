// @ts-check
/** Writes sw.js, the service worker of this build: its cache has the page, the files that it loads first, and its parts. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../worker/sw.js", import.meta.url));
/** Icons and the manifest are the browser's business. */
const LOADED_FIRST = /(?:src|href)="(\/(?:assets\/[^"]+|[\w-]+\.js))"/g;

/** The page's address, and the paths of its scripts and stylesheets. @param {string} html */
export function firstFiles(html) {
  return ["/", ...[...html.matchAll(LOADED_FIRST)].map((match) => match[1] ?? "")];
}

/** Large, and needed by few users: cached once they were loaded. */
const ON_DEMAND = /mediabunny|frimousse|virtual:emoji|virtual:catalogue\/(?!en)/;

/** @typedef {Readonly<Record<string, object>>} Files the files of a build, by their names */

/** @param {object | undefined} file */
const isOnDemand = (file) => file !== undefined && "moduleIds" in file && Array.isArray(file.moduleIds) && file.moduleIds.some((id) => ON_DEMAND.test(String(id)));

/** The scripts and stylesheets that the page loads later. @param {Files} files @param {string} html */
export function partFiles(files, html) {
  const first = firstFiles(html);
  const names = Object.keys(files).filter((name) => /^assets\/.*\.(?:js|css)$/.test(name) && !isOnDemand(files[name]));
  return names.map((name) => `/${name}`).filter((path) => !first.includes(path)).sort();
}

/** @param {string} source @param {string} html @param {Files} files */
export function writeWorker(source, html, files) {
  const version = createHash("sha256").update(source).update(html).digest("hex").slice(0, 12);
  return source
    .replace("/* global __VERSION__, __FILES__, __PARTS__ */\n", "")
    .replaceAll("__VERSION__", JSON.stringify(version))
    .replaceAll("__FILES__", JSON.stringify(firstFiles(html)))
    .replaceAll("__PARTS__", JSON.stringify(partFiles(files, html)));
}

/** @returns {import("vite").Plugin} */
export function serviceWorker() {
  let folder = "";
  return {
    name: "confab-service-worker",
    apply: "build",
    configResolved(config) {
      folder = path.resolve(config.root, config.build.outDir);
    },
    async writeBundle(_, bundle) {
      const [source, html] = await Promise.all([readFile(SOURCE, "utf8"), readFile(path.join(folder, "index.html"), "utf8")]);
      await writeFile(path.join(folder, "sw.js"), writeWorker(source, html, bundle));
    },
  };
}
