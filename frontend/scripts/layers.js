// @ts-check
/** A Vite plugin that sorts the modules into layers: what the page loads first, and what it loads while it is idle. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = fileURLToPath(new URL("../src", import.meta.url));

/** A layer is what its roots import, without dynamic imports, and no earlier layer has. */
const ROOTS = {
  first: /\/index\.html$/,
  live: /\/(?:AccountLines|Bell|CommandLayer|ConnectionBanner|InboxCommands|Live|LiveRows|MappedCommand|RejectedBanner|StateMarks|TabSigns|UsageBanner)\.tsx$|\/api\/routes\.ts$/,
  thread: /\/thread\/Thread\.tsx$/,
  inbox: /\/(?:ChatLabelPicker|ContextPane|ListCommands|ListMenuItems|MacroCommands|MediaViewer|NarrowedBy|NewChatDialog|RecentSearches|RowMenu|SaveViewDialog|SearchFilters|SearchResults|SelectionBar|StatusCommands|ViewsMenu|VoiceRecorder)\.tsx$/,
  menus: /\/(?:account\/AccountNotice|BellList|Exports|HelpDialog|SignOutDialog|UserMenuContents)\.tsx$/,
};

/** The library's index imports them; only later parts use them. */
const LATER_LIBRARY = /\/(?:queriesObserver|useQueries)\.js$/;

/** @typedef {keyof typeof ROOTS} Layer */

/** The routes of later parts, which a module of the first load may call too early. These two only hand them on. */
const ALL_ROUTES = /\buseApi\b/;
const HANDS_ON = /\/(?:api\/context|status\/StatusProvider)\.tsx$/;

/** @type {Map<string, Layer>} */
const layers = new Map();

/** Undefined for the modules of pages, and of what few users need. @param {string} id */
export const layerOf = (id) => layers.get(id);

/** What the modules of the first load are made of, for what is split by what they name. @param {Pick<import("rolldown").PluginContext, "getModuleIds" | "getModuleInfo">} context */
export function firstCode(context) {
  const first = [...context.getModuleIds()].filter((id) => id.includes("/src/") && layerOf(id) === "first");
  return first.map((id) => context.getModuleInfo(id)?.code ?? "").join("\n");
}

/** `virtual:layer/<layer>` exports each root of a later layer under the name of its file. */
const ENTRY = "virtual:layer/";
const IMPORT = /\bimport\((["'])([^"'\n]+)\1\)/g;

/** @param {string} file */
const nameOf = (file) => path.basename(file, path.extname(file));

/** @param {string} file @returns {Layer | undefined} */
const laterLayerOf = (file) => /** @type {Layer[]} */ (Object.keys(ROOTS)).find((layer) => layer !== "first" && ROOTS[layer].test(file));

/** @param {string} layer */
export function entryOf(layer) {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).map((name) => path.join(SOURCES, name));
  const roots = files.filter((file) => laterLayerOf(file) === layer).sort();
  const twice = roots.find((file, index) => roots.findIndex((other) => nameOf(other) === nameOf(file)) < index);
  if (twice !== undefined) throw new Error(`Two roots of the layer "${layer}" are called ${nameOf(twice)}.`);
  return roots.map((file) => `export * as ${nameOf(file)} from ${JSON.stringify(file)};`).join("\n");
}

/**
 * Parts of one layer are one file: it is imported itself. Else each part were a file that only names it, and a request.
 * @param {string} code @param {(part: string) => Promise<string | undefined>} resolve
 */
export async function importLayers(code, resolve) {
  const found = await Promise.all([...code.matchAll(IMPORT)].map(async ([whole, , part = ""]) => ({ whole, file: await resolve(part) })));
  return found.reduce((text, { whole, file }) => {
    const layer = file === undefined ? undefined : laterLayerOf(file);
    return layer === undefined ? text : text.replace(whole, `import("${ENTRY}${layer}").then((layer) => layer.${nameOf(file ?? "")})`);
  }, code);
}

/** @returns {import("vite").Plugin} */
export function sortLayers() {
  return {
    name: "confab-layers",
    apply: "build",
    resolveId: (id) => (id.startsWith(ENTRY) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${ENTRY}`) ? entryOf(id.slice(ENTRY.length + 1)) : null),
    async transform(code, id) {
      if (!id.startsWith(SOURCES) || !code.includes("import(")) return null;
      return { code: await importLayers(code, async (part) => (await this.resolve(part, id))?.id), map: null };
    },
    buildEnd(error) {
      if (error !== undefined) return;
      layers.clear();
      const ids = [...this.getModuleIds()];
      for (const layer of /** @type {Layer[]} */ (Object.keys(ROOTS))) {
        const waiting = ids.filter((id) => ROOTS[layer].test(id));
        if (waiting.length === 0) throw new Error(`The layer "${layer}" has no root.`);
        for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
          if (layers.has(id) || LATER_LIBRARY.test(id)) continue;
          layers.set(id, layer);
          const code = layer === "first" && id.includes("/src/") && !HANDS_ON.test(id) ? this.getModuleInfo(id)?.code : null;
          if (ALL_ROUTES.test(code ?? "")) throw new Error(`${id} is loaded first: it needs useFirstApi.`);
          waiting.push(...(this.getModuleInfo(id)?.importedIds ?? []));
        }
      }
    },
  };
}
