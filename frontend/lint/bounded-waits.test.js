/** Which waits the rule wants inside `withDeadline`. */
import { expect, it } from "vitest";
import rule from "./bounded-waits.js";
import { probe } from "./probe.js";

const WAITS = [
  'fetch("/api/x")',
  'import("./part")',
  "new Promise(() => undefined)",
  "navigator.clipboard.writeText(text)",
  "navigator.mediaDevices.getUserMedia({ audio: true })",
  "audio.play()",
  "audio.current?.play()",
  "blob.arrayBuffer()",
  "picture.decode()",
  'navigator.locks.request("name", run)',
  'this.#surroundings.locks.request("name", run)',
  'indexedDB.open("name", 1)',
  'window.indexedDB.open("name", 1)',
];

const wrap = (source) => `export class Probe { async run() { await ${source} } }`;

it.each(WAITS)("reports a bare %s", (wait) => expect(probe(rule, wrap(wait))).toEqual(["bare"]));

it.each(WAITS)("lets %s pass inside withDeadline", (wait) =>
  expect(probe(rule, wrap(`withDeadline(1_000, async () => { await ${wait} })`))).toEqual([]));

it.each(["window.open('https://example.com')", "api.request('x')", "Promise.all([one, two])", "new PromiseList()", "player.playing()"])(
  "has nothing against %s",
  (source) => expect(probe(rule, wrap(source))).toEqual([]),
);
