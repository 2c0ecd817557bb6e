// @ts-check
/**
 * A Vite plugin: `virtual:icons` is the icons of src/lib/icons.json, each as the data of one path.
 *
 * A build splits it: those that no module of the first load names are in `virtual:icons/later`. The drawings are Lucide's.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { firstCode } from "./layers.js";

const ID = "virtual:icons";
const NAMES = fileURLToPath(new URL("../src/lib/icons.json", import.meta.url));

/** @typedef {Readonly<Record<string, string>>} Attributes */

/** @param {number} x @param {number} y @param {number} rx @param {number} ry */
const oval = (x, y, rx, ry) => `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} r */
function box(x, y, width, height, r) {
  const [across, down] = [width - 2 * r, height - 2 * r];
  return `M${x + r} ${y}h${across}a${r} ${r} 0 0 1 ${r} ${r}v${down}a${r} ${r} 0 0 1 ${-r} ${r}h${-across}a${r} ${r} 0 0 1 ${-r} ${-r}v${-down}a${r} ${r} 0 0 1 ${r} ${-r}z`;
}

/** @param {Attributes} attributes @param {string[]} names */
const numbers = (attributes, ...names) => names.map((name) => Number(attributes[name] ?? 0));

const NUMBER = String.raw`\s*,?\s*(-?(?:\d+\.?\d*|\.\d+))`;
const RELATIVE_START = new RegExp(`^m${NUMBER}${NUMBER}\\s*(?=(.?))`);

/** A path that begins where it says, not where the one before it ended. @param {string} d */
export const beginAbsolute = (d) => d.replace(RELATIVE_START, (_, x, y, next) => `M${x} ${y}${/[-.\d]/.test(next) ? "l" : ""}`);

/** @type {Readonly<Record<string, (attributes: any) => string>>} */
const SHAPES = {
  path: ({ d }) => beginAbsolute(d),
  polyline: ({ points }) => `M${points}`,
  polygon: ({ points }) => `M${points}z`,
  circle(attributes) {
    const [x = 0, y = 0, r = 0] = numbers(attributes, "cx", "cy", "r");
    return oval(x, y, r, r);
  },
  ellipse(attributes) {
    const [x = 0, y = 0, rx = 0, ry = 0] = numbers(attributes, "cx", "cy", "rx", "ry");
    return oval(x, y, rx, ry);
  },
  rect(attributes) {
    const [x = 0, y = 0, width = 0, height = 0, rx = 0, ry = 0] = numbers(attributes, "x", "y", "width", "height", "rx", "ry");
    return box(x, y, width, height, rx || ry);
  },
  line(attributes) {
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers(attributes, "x1", "y1", "x2", "y2");
    return `M${x1} ${y1}L${x2} ${y2}`;
  },
};

/** All shapes in one path. @param {[string, Attributes][]} node */
export function pathOf(node) {
  const parts = node.map(([shape, attributes]) => {
    const draw = SHAPES[shape];
    // A filled shape would lose what fills it, but for a dot, which its outline covers.
    if (draw === undefined || ("fill" in attributes && Number(attributes["r"]) !== 0.5)) throw new Error(`An icon has a ${shape} that cannot be drawn as a path.`);
    return draw(attributes);
  });
  return parts.join("");
}

/** @returns {Promise<Record<string, string>>} */
export async function readIcons() {
  /** @type {Record<string, string>} */
  const names = JSON.parse(readFileSync(NAMES, "utf8"));
  const read = async (/** @type {string} */ file) => pathOf((await import(`lucide-react/dist/esm/icons/${file}.mjs`)).__iconData.node);
  return Object.fromEntries(await Promise.all(Object.entries(names).map(async ([name, file]) => [name, await read(file)])));
}

/** Which modules are loaded first is known when all of them were loaded: until then a text holds the place. */
const PLACE = /(["'`])%virtual:icons(\/later)?%\1/g;

/** @returns {import("vite").Plugin} */
export function icons() {
  let isSplit = false;
  let code = "";
  /** @type {Record<string, string>} */
  let all = {};
  const part = (/** @type {boolean} */ isLater) => Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`["'\`]${name}["'\`]`).test(code) !== isLater));
  return {
    name: "confab-icons",
    configResolved(config) {
      isSplit = config.command === "build";
    },
    async buildStart() {
      all = await readIcons();
    },
    resolveId: (id) => (id.startsWith(ID) ? `\0${id}` : null),
    load(id) {
      if (!id.startsWith(`\0${ID}`)) return null;
      this.addWatchFile(NAMES);
      if (isSplit) return `export default JSON.parse("%${id.slice(1)}%");`;
      return `export default ${JSON.stringify(id.endsWith("/later") ? {} : all)};`;
    },
    renderStart() {
      code = firstCode(this);
    },
    renderChunk: (chunk) => (chunk.search(PLACE) < 0 ? null : { code: chunk.replace(PLACE, (_, __, later) => JSON.stringify(JSON.stringify(part(later !== undefined)))), map: null }),
  };
}
