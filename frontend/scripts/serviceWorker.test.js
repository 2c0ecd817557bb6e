// @ts-check
/** The service worker of a build names the files of its page, and differs from that of another build. */
import { expect, it } from "vitest";
import { firstFiles, partFiles, writeWorker } from "./serviceWorker.js";

const SOURCE = "/* global __VERSION__, __FILES__, __PARTS__ */\nconst CACHE = __VERSION__;\nconst FILES = __FILES__;\nconst PARTS = __PARTS__;\n";
/** @param {string} hash */
const page = (hash) => `<script src="/theme.js"></script><link rel="icon" href="/favicon.svg" />
  <link rel="manifest" href="/manifest.webmanifest" /><script type="module" src="/assets/index-${hash}.js"></script>
  <link rel="stylesheet" href="/assets/index-${hash}.css">`;

it("lists the page, its scripts and its stylesheets, not its icons", () => {
  expect(firstFiles(page("a1"))).toEqual(["/", "/theme.js", "/assets/index-a1.js", "/assets/index-a1.css"]);
});

const FILES = {
  "index.html": {},
  "assets/index-a1.js": { moduleIds: ["/src/main.tsx"] },
  "assets/thread-c3.js": { moduleIds: ["/src/features/inbox/thread/Thread.tsx"] },
  "assets/thread-c3.css": {},
  "assets/later-d4.js": { moduleIds: ["\0virtual:catalogue/en/later"] },
  "assets/later-e5.js": { moduleIds: ["\0virtual:catalogue/de/later"] },
  "assets/recording-f6.js": { moduleIds: ["/node_modules/mediabunny/dist/index.js"] },
  "assets/inter-a7.woff2": {},
};

it("lists the parts that are loaded later, not those that few users need", () => {
  expect(partFiles(FILES, page("a1"))).toEqual(["/assets/later-d4.js", "/assets/thread-c3.css", "/assets/thread-c3.js"]);
});

it("writes the same worker for the same build, and another for another page or another source", () => {
  const worker = writeWorker(SOURCE, page("a1"), FILES);
  expect(worker).toBe(writeWorker(SOURCE, page("a1"), FILES));
  expect(worker).toContain('FILES = ["/","/theme.js","/assets/index-a1.js","/assets/index-a1.css"]');
  expect(worker).not.toMatch(/__/);
  const version = (/** @type {string} */ text) => /CACHE = "([0-9a-f]{12})"/.exec(text)?.[1];
  expect(version(worker)).toBeDefined();
  expect(version(writeWorker(SOURCE, page("b2"), FILES))).not.toBe(version(worker));
  expect(version(writeWorker(`${SOURCE}\n`, page("a1"), FILES))).not.toBe(version(worker));
});
