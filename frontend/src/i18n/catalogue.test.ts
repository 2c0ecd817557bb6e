/** The catalogues of all languages say the same: same ids, same values and tags, all plural forms of the language. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { compileMessageOrThrow, type CompiledMessage } from "@lingui/message-utils/compileMessage";
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./languages";

const ROOT = path.join(import.meta.dirname, "catalogue");
const TRANSLATIONS = Object.keys(LANGUAGES).filter((language) => language !== "en");
/** What is the same word in English: nothing that was left untranslated. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  de: ["Admin", "Agent", "Audio", "Chats", "Code", "Details", "Emojis", "Enter", "Export", "In", "Info", "Label", "Labels", "Links", "Median", "Name", "Orange", "Position", "PostgreSQL {version}", "Push", "Sandbox", "Status", "Sticker", "System", "Team", "Teams", "Video"],
  es: ["Audio", "Chats", "Ctrl + Enter", "Emojis", "Enter", "Macros", "No", "PostgreSQL {version}", "Push", "Sandbox", "Sticker", "Video"],
  pt: ["Chats", "Ctrl + Enter", "Emojis", "Enter", "Links", "Macros", "Menu", "PostgreSQL {version}", "Push", "Sandbox", "Status", "via {number}"],
};

/** The user is addressed formally (Sie, usted, você), and a chat has one word. What breaks that in each language: */
const UNSUITABLE: Readonly<Record<string, RegExp>> = {
  de: /(?<!\p{L})(du|dein\p{L}*|dir|dich|gib|drücke|wähle|entferne|schreibe)(?!\p{L})/iu,
  es: /(?<!\p{L})(tú|tus?|te|ti|tuy\p{L}+|contigo|podéis|escribe un|pulsa|quita la|pide a|añade un|filtra la)(?!\p{L})/iu,
  pt: /(?<!\p{L})(teus?|tuas?|contigo|um chat|o chat|este chat|seus? chats?)(?!\p{L})/iu,
};

type Texts = Readonly<Record<string, string>>;

const listFiles = (language: string) => readdirSync(path.join(ROOT, language)).sort();
const readFile = (language: string, file: string) => JSON.parse(readFileSync(path.join(ROOT, language, file), "utf8")) as Texts;
const FILES = listFiles("en");

type Forms = Readonly<Record<string, CompiledMessage | number>>;

/** The plurals in a text, nested ones too. */
function pluralsOf(message: CompiledMessage): Forms[] {
  return message.flatMap((token) => {
    if (typeof token === "string" || typeof token[2] !== "object") return [];
    const forms = token[2] as Forms;
    return [forms, ...messagesIn(forms).flatMap(pluralsOf)];
  });
}

const messagesIn = (forms: Forms): CompiledMessage[] => Object.values(forms).filter((form) => typeof form === "object");

const categoriesOf = (text: string): string[] =>
  pluralsOf(compileMessageOrThrow(text)).map((forms) => Object.keys(forms).filter((form) => /^[a-z]+$/.test(form) && form !== "offset").sort().join());

/** Each value with its type, each tag, and the "#" of a plural. */
function partsOf(message: CompiledMessage): string[] {
  return message.flatMap((token) => {
    if (typeof token === "string") return token === "#" ? [token] : (token.match(/<\/?\w+>/g) ?? []);
    const [name, type = "", format] = token;
    return [`${name} ${type}`.trim(), ...(typeof format === "object" ? messagesIn(format as Forms).flatMap(partsOf) : [])];
  });
}

const summarize = (text: string): string[] => [...new Set(partsOf(compileMessageOrThrow(text)))].sort();

const withoutParts = (text: string): string => text.replace(/\{\w+\}|<\/?\w+>/g, "");

describe.each(Object.keys(LANGUAGES))("the catalogue in %s", (language) => {
  it.each(FILES)("gives each plural of %s the forms of the language", (file) => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.sort();
    const isWrong = ([, text]: [string, string]) => categoriesOf(text).some((categories) => categories !== forms.join());
    expect(Object.entries(readFile(language, file)).filter(isWrong)).toEqual([]);
  });
});

describe.each(TRANSLATIONS)("the translation to %s", (language) => {
  it("has the same files", () => expect(listFiles(language)).toEqual(FILES));

  it.each(FILES)("has the same ids in %s, in the same order", (file) => expect(Object.keys(readFile(language, file))).toEqual(Object.keys(readFile("en", file))));

  it.each(FILES)("has the same values and tags in %s", (file) => {
    const [english, translation] = [readFile("en", file), readFile(language, file)];
    const differing = Object.keys(english).filter((id) => summarize(english[id] ?? "").join() !== summarize(translation[id] ?? "").join());
    expect(differing).toEqual([]);
  });

  it.each(FILES)("leaves no English text in %s", (file) => {
    const [english, translation] = [readFile("en", file), readFile(language, file)];
    const isUntranslated = ([id, text]: [string, string]) => text === english[id] && /\p{L}/u.test(withoutParts(text)) && !SAME[language]?.includes(text);
    expect(Object.entries(translation).filter(isUntranslated)).toEqual([]);
  });

  it.each(FILES)("addresses the user formally in %s", (file) => {
    const isUnsuitable = ([, text]: [string, string]) => UNSUITABLE[language]?.test(text) ?? true;
    expect(Object.entries(readFile(language, file)).filter(isUnsuitable)).toEqual([]);
  });
});

it("finds a forgotten value, tag and plural form", () => {
  expect(summarize("{count, plural, one {# of <b>{all}</b>} other {#}}")).toEqual(["#", "</b>", "<b>", "all", "count plural"]);
  expect(categoriesOf("{a, plural, =0 {none} one {{b, plural, other {#}}} other {#}}")).toEqual(["one,other", "other"]);
});
