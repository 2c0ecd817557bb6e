// @ts-check
/**
 * A Vite plugin: `virtual:catalogue/<language>` is every file of src/i18n/catalogue/<language>/, compiled.
 *
 * A build splits it: the texts that no module of the first load names are in `virtual:catalogue/<language>/later`.
 * The messages are ICU MessageFormat. They are compiled while building, so that the app carries no parser.
 */
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { compileMessage } from "@lingui/message-utils/compileMessage";
import { firstCode } from "./layers.js";

const PREFIX = "virtual:catalogue/";
const root = fileURLToPath(new URL("../src/i18n/catalogue", import.meta.url));

/** @param {string} language */
function listFiles(language) {
  const folder = path.join(root, language);
  return readdirSync(folder).filter((name) => name.endsWith(".json")).sort().map((name) => path.join(folder, name));
}

/** @param {string} file @returns {Record<string, string>} */
const readMessages = (file) => JSON.parse(readFileSync(file, "utf8"));

/** @param {Record<string, string>} messages */
const compile = (messages) => Object.fromEntries(Object.entries(messages).map(([id, text]) => [id, compileMessage(text)]));

/** @param {string} language @returns {Record<string, unknown>} */
const readCatalogue = (language) => Object.assign({}, ...listFiles(language).map((file) => compile(readMessages(file))));

/** Parsing a string is faster than parsing the same object as a program. @param {string} text */
const moduleOf = (text) => `export default JSON.parse(${JSON.stringify(text)});`;

/** Which modules are loaded first is known when all of them were loaded: until then a text holds the place. */
const PLACE = /(["'`])%virtual:catalogue\/(\w+)(\/later)?%\1/g;

/** By its id, or by a template that begins like it. @param {string} id @param {string} code */
const isNamed = (id, code) => new RegExp(`["'\`]${id}["'\`]`).test(code) || code.includes(`\`${id.slice(0, id.lastIndexOf(".") + 1)}\${`);

/** @param {string} language @param {boolean} isLater @param {string} code the first load's */
const part = (language, isLater, code) => Object.fromEntries(Object.entries(readCatalogue(language)).filter(([id]) => isNamed(id, code) !== isLater));

/** @returns {import("vite").Plugin} */
export function catalogues() {
  let isSplit = false;
  let code = "";
  return {
    name: "confab-catalogues",
    configResolved(config) {
      isSplit = config.command === "build";
    },
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      const [language = "", later] = id.slice(PREFIX.length + 1).split("/");
      for (const file of listFiles(language)) this.addWatchFile(file);
      if (isSplit) return moduleOf(`%${id.slice(1)}%`);
      return moduleOf(JSON.stringify(later === undefined ? readCatalogue(language) : {}));
    },
    renderStart() {
      code = firstCode(this);
    },
    renderChunk: (chunk) =>
      chunk.search(PLACE) < 0 ? null : { code: chunk.replace(PLACE, (_, __, language, later) => JSON.stringify(JSON.stringify(part(language, later !== undefined, code)))), map: null },
  };
}
