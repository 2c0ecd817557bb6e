/** Lint rules, including the direction of imports: types, lib and components, then features, then app. */
import js from "@eslint/js";
import lingui from "eslint-plugin-lingui";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import { fileURLToPath } from "node:url";
import boundedWaits from "./lint/bounded-waits.js";
import noCycle from "./lint/no-cycle.js";
import { SMALL_TEXTS, TEXTS } from "./lint/texts.js";
import translatableText from "./lint/translatable-text.js";

/** Forbids imports from higher layers; `..` is closed so that imports leave a folder only through the alias. */
function forbidImports(files, patterns) {
  return {
    files,
    rules: { "no-restricted-imports": ["error", { patterns }] },
  };
}

const parents = { group: ["../*"], message: "Leave a folder through the @/ alias, so that the import rules can see it." };
const app = { group: ["@/app/*"], message: "Nothing imports the app but main.tsx." };
const features = { group: ["@/features/*"], message: "Features do not import each other, and nothing below imports them." };
const upper = { group: ["@/lib/*", "@/components/*"], message: "Types import nothing." };
const lib = { group: ["@/lib/*", "!@/lib/icons", "!@/lib/navigation", "!@/lib/texts"], message: "Components get what they show as props; they do not fetch." };

/** Rules of our own. */
const confab = { rules: { "bounded-waits": boundedWaits, "no-cycle": noCycle, "translatable-text": translatableText } };

const TIME = { selector: "JSXOpeningElement[name.name='time']:not(:has([name.name='translate']))", message: "Use <Time>: times must not be translated." };

/** Tests, the page of the components in development, and the names of the languages in themselves. */
const WITHOUT_CATALOGUE = ["src/**/*.test.{ts,tsx}", "src/testing/**", "src/types/**", "src/app/design/**", "src/i18n/languages.ts"];

export default tseslint.config(
  { ignores: ["node_modules", "dist", "src/types/api.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      complexity: ["error", 10],
      "max-lines": ["error", { max: 300 }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { confab },
    rules: { "confab/no-cycle": ["error", { root: fileURLToPath(new URL("src", import.meta.url)) }] },
  },
  { files: ["src/**/*.tsx"], ...jsxA11y.flatConfigs.strict },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: ["src/**/*.test.{ts,tsx}", "src/testing/**", "src/lib/limits.ts"],
    plugins: { confab },
    rules: { "confab/bounded-waits": "error" },
  },
  {
    files: ["src/**/*.tsx"],
    ignores: ["src/**/*.test.tsx"],
    plugins: { confab },
    rules: {
      "confab/translatable-text": "error",
      "no-restricted-syntax": ["error", TIME],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ignores: WITHOUT_CATALOGUE,
    plugins: { lingui },
    rules: { "lingui/no-unlocalized-strings": ["error", TEXTS], "no-restricted-syntax": ["error", TIME, ...SMALL_TEXTS] },
  },
  // Tests render components, and define none.
  { files: ["src/**/*.{ts,tsx}"], ignores: ["src/**/*.test.{ts,tsx}"], ...reactHooks.configs.flat["recommended-latest"] },
  { files: ["src/**/*.test.{ts,tsx}"], rules: { "max-lines-per-function": "off" } },
  forbidImports(["src/types/**"], [parents, upper, features, app]),
  forbidImports(["src/i18n/**"], [parents, { ...upper, group: [...upper.group, "!@/lib/limits"], message: "Texts need nothing but time limits." }, features, app]),
  forbidImports(["src/lib/**"], [parents, features, app, { group: ["@/components/*"], message: "lib renders nothing." }]),
  forbidImports(["src/components/**"], [parents, lib, features, app]),
  forbidImports(["src/features/**"], [parents, features, app]),
  // These consist of several rooms, which import each other through the alias.
  ...["inbox", "connections", "rules"].map((name) => forbidImports([`src/features/${name}/**`], [parents, { ...features, group: ["@/features/*", `!@/features/${name}`] }, app])),
  forbidImports(["src/app/**"], [parents]),
  {
    files: ["worker/**"],
    languageOptions: { globals: { URL: "readonly", Request: "readonly", caches: "readonly", fetch: "readonly", self: "readonly" } },
  },
  { files: ["page/**"], languageOptions: { sourceType: "script", globals: { AbortSignal: "readonly", URLSearchParams: "readonly", document: "readonly", fetch: "readonly", globalThis: "readonly", localStorage: "readonly", location: "readonly", navigator: "readonly" } } },
  {
    files: ["scripts/**", "*.config.js"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly", Buffer: "readonly" } },
  },
);
