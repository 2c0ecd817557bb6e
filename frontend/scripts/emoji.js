// @ts-check
/**
 * A Vite plugin: `virtual:emoji/<language>` is the emoji with their names and search words in that language.
 *
 * The data is Emojibase's, reduced to what the app needs, and comes from the app's own origin.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PREFIX = "virtual:emoji/";
/** Newer emoji are missing in the fonts of many systems. */
const MAX_VERSION = 15;
/** Parts of emoji, such as skin tones, which are not emoji by themselves. */
const COMPONENTS = 2;

/** @param {string} name @returns {any} */
function readData(name) {
  return JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(`emojibase-data/${name}`)), "utf8"));
}

/** @param {any} entry */
const isShown = ({ group, version }) => group !== undefined && group !== COMPONENTS && version <= MAX_VERSION;

/** As keyboards write it: without the selector, where the emoji is coloured anyway. @param {string} emoji */
const plain = (emoji) => emoji.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, "$1");

/** @param {any} entry @param {Record<string, string | string[]>} shortcodes */
function reduce({ emoji, hexcode, group, label, tags = [], skins = [] }, shortcodes) {
  const codes = [shortcodes[hexcode] ?? []].flat();
  // A skin tone of each of two people is left out: the picker has one tone for all.
  const tones = skins.filter((/** @type {any} */ skin) => typeof skin.tone === "number").map((/** @type {any} */ skin) => skin.emoji);
  return [plain(emoji), group, label, tags, codes, ...(tones.length === 5 ? [tones] : [])];
}

/** @param {string} language */
export function buildEmoji(language) {
  const shortcodes = readData("en/shortcodes/github.json");
  const { groups, skinTones } = readData(`${language}/messages.json`);
  const entries = readData(`${language}/data.json`).filter(isShown);
  entries.sort((/** @type {any} */ one, /** @type {any} */ other) => one.order - other.order);
  return {
    groups: groups.filter((/** @type {any} */ { order }) => order !== COMPONENTS).map((/** @type {any} */ { order, message }) => [order, message]),
    tones: Object.fromEntries(skinTones.map((/** @type {any} */ { key, message }) => [key, message])),
    emoji: entries.map((/** @type {any} */ entry) => reduce(entry, shortcodes)),
  };
}

/** @returns {import("vite").Plugin} */
export function emojiData() {
  return {
    name: "confab-emoji",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return null;
      // Parsing a string is faster than parsing the same object as a program.
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(buildEmoji(id.slice(PREFIX.length + 1))))});`;
    },
  };
}
