// @ts-check
/**
 * A Vite plugin that completes the page of a build: its styles and the scripts of page/ are in it, so that it is drawn,
 * and the session asked for, with the first answer of the server. The server allows them by their hashes.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { minifySync } from "vite";
import { readIcons } from "./icons.js";

const STYLESHEET = /<link rel="stylesheet"[^>]*href="\/(assets\/[^"]+\.css)">\n?/g;
const SCRIPT = /<script\s+src="\/(page\/[\w-]+\.js)"><\/script>/g;
const ICON = /(<span class="[^"]*") data-icon="(\w+)">/g;
const ROWS = /<div data-rows="(\d+)">([^]*?)\n {14}<\/div>/;
const CLASS = /(?<=\sclass=")[^"]+/g;

/** As components/Icon.tsx draws it, with the room of its name. @param {string | undefined} d */
const drawIcon = (d) => `<svg class="icon-icon" width="20" height="20" viewBox="0 0 24 24"><path d="${d ?? ""}" /></svg><span class="rail-label">&nbsp;</span>`;

/** The frame: its icons and its rows. @param {string} html @param {Readonly<Record<string, string>>} icons */
export function drawFrame(html, icons) {
  const withIcons = html.replace(ICON, (_, start, name) => {
    if (icons[name] === undefined) throw new Error(`The page has an icon that does not exist: ${name}`);
    return `${start}>${drawIcon(icons[name])}`;
  });
  return withIcons.replace(ROWS, (_, count, row) => `<div>${row.repeat(Number(count))}</div>`).replace(/\n\s*/g, "\n");
}

/** The classes are those of components: a frame that is drawn with others would jump. @param {string} html @param {string} css */
export function requireClasses(html, css) {
  const unknown = [...html.matchAll(CLASS)].flatMap(([names]) => names.split(" ")).filter((name) => !css.includes(`.${name}`));
  if (unknown.length > 0) throw new Error(`The page has classes without a rule: ${unknown.join(", ")}`);
}

/** @param {string} html @param {(name: string) => string} styleOf @param {Readonly<Record<string, string>>} scripts by their names */
export function inline(html, styleOf, scripts) {
  const styles = [...html.matchAll(STYLESHEET)].map(([, name = ""]) => styleOf(name).trim()).join("");
  const bare = html.replace(STYLESHEET, "").replace(SCRIPT, (_, name) => `<script>${scripts[name]?.trim() ?? ""}</script>`);
  return bare.replace("</head>", () => `<style>${styles}</style>\n</head>`);
}

/** Else later parts would load it once more. @param {string} name @param {import("rolldown").OutputBundle} bundle */
function takeOut(name, bundle) {
  delete bundle[name];
  for (const chunk of Object.values(bundle)) if (chunk.type === "chunk") chunk.viteMetadata?.importedCss.delete(name);
}

/** @returns {import("vite").Plugin} */
export function completePage() {
  let folder = "";
  return {
    name: "confab-page",
    apply: "build",
    enforce: "post",
    configResolved({ root }) {
      folder = root;
    },
    async generateBundle(_, bundle) {
      const page = bundle["index.html"];
      if (page?.type !== "asset") throw new Error("The build has no page.");
      const html = drawFrame(String(page.source), await readIcons());
      const names = [...html.matchAll(SCRIPT)].map(([, name = ""]) => name);
      if (names.length === 0) throw new Error("The page names no script of page/.");
      const scripts = Object.fromEntries(await Promise.all(names.map(async (name) => [name, minifySync(name, await readFile(path.join(folder, name), "utf8")).code])));
      let css = "";
      page.source = inline(html, (name) => {
        const file = bundle[name];
        if (file?.type !== "asset") throw new Error(`The build has no ${name}.`);
        css += String(file.source);
        takeOut(name, bundle);
        return String(file.source);
      }, scripts);
      requireClasses(html, css);
    },
  };
}
