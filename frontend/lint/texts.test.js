/** Which strings must be in the catalogues. */
import { Linter } from "eslint";
import lingui from "eslint-plugin-lingui";
import { parser } from "typescript-eslint";
import { expect, it } from "vitest";
import { SMALL_TEXTS, TEXTS } from "./texts.js";

const CONFIG = {
  files: ["**/*.tsx"],
  languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } },
  plugins: { lingui },
  rules: { "lingui/no-unlocalized-strings": ["error", TEXTS], "no-restricted-syntax": ["error", ...SMALL_TEXTS] },
};
const isReported = (source) => new Linter({ configType: "flat" }).verify(source, [CONFIG], { filename: "probe.tsx" }).length > 0;

it.each([
  "<p>Send</p>",
  "<p>unread</p>",
  "<p>{count} unread</p>",
  '<Button label="Send" />',
  '<input placeholder="name" />',
  "<p>{isNew ? 'New number' : name}</p>",
  "`${count} chats`",
  "`${count} chats, ${others} people`",
  '({ title: "Chats" })',
  'const REASON = "This number is disconnected.";',
  'show("Copied")',
])("reports %s", (source) => expect(isReported(source)).toBe(true));

it.each([
  '<p className="visually-hidden muted" data-testid="chat-list" />',
  '<Link to="/numbers" role="menuitem" />',
  't("app.copy")',
  '<Logo>Confab</Logo>',
  'row.querySelector("a, button")',
  'matchMedia("(width <= 40rem)")',
  '({ keys: ["Ctrl+k", "Escape", "g i"] })',
  'new Error("The page has no #root.")',
  'request("POST", { Authorization: `Bearer ${token}` })',
  "`${bytes} B`",
  'kind === "Photo"',
])("has nothing against %s", (source) => expect(isReported(source)).toBe(false));
