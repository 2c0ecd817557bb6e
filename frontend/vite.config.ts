/** Builds `src/` into the committed `static/` folder, and runs the unit tests. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { assetUrls } from "./scripts/assetUrls.js";
import { catalogues } from "./scripts/catalogues.js";
import { emojiData } from "./scripts/emoji.js";
import { icons } from "./scripts/icons.js";
import { layerOf, sortLayers } from "./scripts/layers.js";
import { completePage } from "./scripts/page.js";
import { precompress } from "./scripts/precompress.js";
import { serviceWorker } from "./scripts/serviceWorker.js";

const BACKEND = process.env["CONFAB_BACKEND"] ?? "http://127.0.0.1:8080";

/** They replace modules, or see one before it has loaded, which works only where nothing has loaded these before. */
const REPLACING = ["src/features/inbox/unheard.test.tsx", "src/lib/{phoneFormat.test.ts,lazyPart.test.tsx}", "src/features/inbox/composer/voice/VoiceRecorder.test.tsx", "src/features/session/{Forgot,Register}Page.test.tsx"];

const components = {
  environment: "jsdom",
  setupFiles: ["./src/testing/setup.ts"],
  css: { include: [/\.module\.css$/], modules: { classNameStrategy: "scoped" as const } },
};

const isLibrary = (id: string): boolean => id.includes("/node_modules/");

export default defineConfig({
  plugins: [react(), sortLayers(), catalogues(), emojiData(), icons(), completePage(), assetUrls(), serviceWorker(), precompress()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      // The router's copy is for a React before 18.
      { find: /^use-sync-external-store\/shim\/index\.js$/, replacement: "react" },
    ],
  },
  // A class is called after its file, so files must differ in name: scripts/check-css.mjs sees to it.
  css: { modules: { generateScopedName: (name, file) => `${basename(file, ".module.css")}-${name}` } },
  server: {
    proxy: {
      "/api": { target: BACKEND },
      "/ws": { target: BACKEND, ws: true },
    },
  },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    reportCompressedSize: false,
    // The polyfill would be an inline script; every supported browser has modulepreload.
    modulePreload: { polyfill: false },
    // A data: URL in a stylesheet would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Loaded only when a voice message is recorded.
            { name: "recording", test: /node_modules\/mediabunny/ },
            // Loaded once the first page is shown.
            { name: "phones", test: /node_modules\/libphonenumber-js|src\/lib\/phoneRules/ },
            // Libraries change rarely: in a file of their own they stay cached across releases.
            { name: (id) => (isLibrary(id) && layerOf(id) === "first" ? "vendor" : null) },
            { name: (id) => (layerOf(id) === "first" ? "first" : null) },
            // What the pages and parts share: else each pair of them gets a small file of its own.
            { name: "shared", test: /src\/(lib|components|i18n)\//, minShareCount: 2 },
            { name: (id) => layerOf(id) ?? null },
          ],
        },
      },
    },
  },
  test: {
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 30_000,
    // Loading modules takes most of a short test file's time: the files of a process share them, and src/testing/setup.ts
    // removes what a test leaves behind. Only files that render components get jsdom.
    isolate: false,
    projects: [
      {
        extends: true,
        test: { name: "units", environment: "node", include: ["**/*.test.{ts,js}"], exclude: ["node_modules/**", ...REPLACING], setupFiles: ["./src/testing/setupUnits.ts"] },
      },
      {
        extends: true,
        test: { name: "components", ...components, include: ["src/**/*.test.tsx"], exclude: REPLACING },
      },
      {
        extends: true,
        test: { name: "replacing", ...components, include: REPLACING, isolate: true },
      },
    ],
  },
});
