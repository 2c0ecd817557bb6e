/** Builds `src/` into the committed `static/` folder, and runs the unit tests. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precompress } from "./scripts/precompress.js";

const BACKEND = process.env["CONFAB_BACKEND"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
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
        // Libraries change rarely: in a file of their own they stay cached across releases.
        codeSplitting: {
          groups: [
            // Loaded only when a voice message is recorded.
            { name: "recording", test: /node_modules\/mediabunny/, priority: 2 },
            { name: "vendor", test: /node_modules/, priority: 1 },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/testing/setup.ts"],
    restoreMocks: true,
    css: { include: [/\.module\.css$/], modules: { classNameStrategy: "scoped" } },
    testTimeout: 10_000,
  },
});
