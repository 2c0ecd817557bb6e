/** Holds stylesheets and components together: no class without a rule, no rule without a use, no global class but the utilities. */

const CLASS = /\.([a-z][\w-]*)/gi;
const baseOf = (path) => path.split("/").at(-1).replace(".module.css", "");
const isModule = (path) => path.endsWith(".module.css");
const isSource = (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path);

/** Selectors only: without comments, strings, and what stands between the colon and the semicolon of a declaration. */
function selectorsOf(css) {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/"[^"]*"/g, '""');
  return [...bare.matchAll(/(?:^|[{};])([^{};]*)\{/g)].map(([, selector]) => selector).filter((selector) => !selector.trim().startsWith("@"));
}

function classesOf(css) {
  const selectors = selectorsOf(css).join("\n");
  const foreign = [...selectors.matchAll(/:global\(([^)]*)\)/g)].flatMap(([, inner]) => [...inner.matchAll(CLASS)].map(([, name]) => name));
  const own = [...selectors.replace(/:global\([^)]*\)/g, "").matchAll(CLASS)].map(([, name]) => name);
  return { own: new Set(own), foreign: new Set(foreign) };
}

const resolve = (from, spec) =>
  spec.startsWith("@/") ? `src/${spec.slice(2)}` : `${from.split("/").slice(0, -1).join("/")}/${spec.replace(/^\.\//, "")}`;

/** The modules a component imports, and the classes it takes from each; `isOpen` if it takes some by a value. */
function usesOf(path, text) {
  return [...text.matchAll(/^import (\w+) from "([^"]+\.module\.css)";$/gm)].map(([, name, spec]) => ({
    path,
    module: resolve(path, spec),
    classes: [...text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, "g"))].map((match) => match[1]),
    isOpen: new RegExp(`\\b${name}\\[`).test(text),
  }));
}

function* findUndefined(uses, modules) {
  for (const { path, module, classes } of uses) {
    if (!modules.has(module)) yield `${path}: ${module} does not exist`;
    else for (const name of new Set(classes)) if (!modules.get(module).own.has(name)) yield `${path}: ${module} has no class ${name}`;
  }
}

/** A class taken by a value has to be a string somewhere in the sources: that value. */
function* findUnused(uses, modules, source) {
  for (const [module, { own }] of modules) {
    const takers = uses.filter((use) => use.module === module);
    const used = new Set(takers.flatMap(({ classes }) => classes));
    const isOpen = takers.some((use) => use.isOpen);
    for (const name of own) if (!used.has(name) && !(isOpen && source.includes(`"${name}"`))) yield `${module}: nothing uses the class ${name}`;
  }
}

function* findGlobal(files, modules, source) {
  const sheets = Object.keys(files).filter((path) => path.endsWith(".css") && !isModule(path));
  for (const path of sheets) if (!path.startsWith("src/design/")) yield `${path}: global styles belong to src/design`;
  const declared = sheets.flatMap((path) => [...classesOf(files[path]).own].map((name) => ({ path, name })));
  const names = declared.map(({ name }) => name);
  for (const { path, name } of declared) {
    if (names.filter((other) => other === name).length > 1) yield `${path}: the class ${name} is declared in several files`;
    const stem = name.replace(/-\d+$/, "-");
    if (!new RegExp(`["'\`\\s]${stem}(?:["'\`\\s]|\\$\\{|(?<=-))`).test(source)) yield `${path}: nothing uses the class ${name}`;
  }
  for (const [module, { foreign }] of modules) for (const name of foreign) if (!names.includes(name)) yield `${module}: there is no global class ${name}`;
  for (const [, list] of source.matchAll(/className="([^"]*)"/g)) {
    for (const name of list.split(/\s+/)) if (!names.includes(name)) yield `className="${list}": there is no global class ${name}`;
  }
}

/** Custom properties: a misspelt one is silently nothing. */
function* findProperties(files) {
  const css = Object.entries(files).filter(([path]) => path.endsWith(".css"));
  const all = css.map(([, text]) => text).join("\n");
  const declared = new Set([...all.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  const used = new Set([...all.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name));
  for (const name of used) if (!declared.has(name)) yield `var(${name}): it is declared nowhere`;
  for (const name of declared) if (!used.has(name)) yield `${name}: nothing uses this custom property`;
}

function* findSameNames(modules) {
  const bases = [...modules.keys()].map(baseOf);
  for (const module of modules.keys()) if (bases.filter((base) => base === baseOf(module)).length > 1) yield `${module}: another module has the same name`;
}

/** @param {Record<string, string>} files the texts of `src`, by path */
export function findProblems(files) {
  const sources = Object.entries(files).filter(([path]) => isSource(path));
  const source = sources.map(([, text]) => text).join("\n");
  const modules = new Map(Object.entries(files).filter(([path]) => isModule(path)).map(([path, text]) => [path, classesOf(text)]));
  const uses = sources.flatMap(([path, text]) => usesOf(path, text));
  return [
    ...findUndefined(uses, modules),
    ...findUnused(uses, modules, source),
    ...findGlobal(files, modules, source),
    ...findProperties(files),
    ...findSameNames(modules),
  ];
}
