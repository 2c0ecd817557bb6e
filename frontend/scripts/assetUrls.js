// @ts-check
/**
 * A Vite plugin: a build's files name each other relative to themselves, so that they can be loaded from any origin.
 *
 * Only the page and the service worker name them from the root, "/assets/…": the server puts ASSET_URL in front of that
 * (server/web/answers/asset_urls.py). Imports are relative anyway; what is left are preloads and stylesheets.
 */
const HELPER = "\0vite/preload-helper.js";
const FROM_ROOT = 'return "/"+dep';
const FROM_ITS_FOLDER = 'return "../"+dep';

/** Vite's helper resolves it against the address of its own file, in assets/. @param {string} code */
export function preloadRelative(code) {
  if (!code.includes(FROM_ROOT)) throw new Error("Vite's preload helper has changed: see scripts/assetUrls.js.");
  return code.replace(FROM_ROOT, FROM_ITS_FOLDER);
}

/** The stylesheet is in assets/ itself. @param {string} css */
export const stylesRelative = (css) => css.replaceAll(/(?<=url\(["']?)\/assets\//g, "");

/** @returns {import("vite").Plugin} */
export function assetUrls() {
  return {
    name: "confab-asset-urls",
    apply: "build",
    enforce: "post",
    transform: {
      filter: { id: /vite\/preload-helper\.js$/ },
      handler: (code, id) => (id === HELPER ? { code: preloadRelative(code), map: null } : null),
    },
    // After the page has taken its own styles: those stay as they are.
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "asset" && file.fileName.endsWith(".css")) file.source = stylesRelative(String(file.source));
      }
    },
  };
}
