// @ts-check
/** Files of a build name each other relative to themselves. */
import { expect, it } from "vitest";
import { preloadRelative, stylesRelative } from "./assetUrls.js";

it("preloads are named from the folder of the helper, and another helper stops the build", () => {
  expect(preloadRelative('const assetsURL = function(dep) { return "/"+dep };')).toContain('return "../"+dep');
  expect(() => preloadRelative("const assetsURL = (dep) => `/${dep}`;")).toThrow("preload helper");
});

it("stylesheets name fonts and pictures in their own folder", () => {
  const css = "a{background:url(/assets/a-1.svg)}b{background:url('/assets/b-2.svg')}c{background:url(/icon.svg)}";
  expect(stylesRelative(css)).toBe("a{background:url(a-1.svg)}b{background:url('b-2.svg')}c{background:url(/icon.svg)}");
});
