/** The texts of the app in the language of the user. */
import { setupI18n, type Messages } from "@lingui/core";
import english from "virtual:catalogue/en";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import type { MessageId } from "./ids";
import { browserLanguage, chosenLanguage, regionalTag, type Language } from "./languages";

export type Values = Readonly<Record<string, string | number>>;

/** What a later part adds: the sentences of the server (said.ts). */
export const later: { describe: (failure: { readonly code: string; readonly reason?: unknown }) => string | null } = { describe: () => null };

type Loader = () => Promise<{ default: Messages }>;

/** The texts of the first load. English ones come with the app; those of other languages are loaded when needed. */
const FIRST: Readonly<Record<Language, Loader | null>> = {
  en: null,
  de: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/de")),
  es: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/es")),
  pt: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/pt")),
};

/** The other texts: every lazy part comes with them. */
const LATER: Readonly<Record<Language, Loader>> = {
  en: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/en/later")),
  de: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/de/later")),
  es: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/es/later")),
  pt: () => withDeadline(LIMITS_MS.language, () => import("virtual:catalogue/pt/later")),
};

export const i18n = setupI18n({ locale: "en", locales: [regionalTag("en")], messages: { en: english } });

/** The text with this id; values fill its `{placeholders}` and choose its plural forms. */
export const t = (id: MessageId, values?: Values): string => i18n._(id, values);

/** The tag to give to `Intl`. */
export const localeTag = (): string => regionalTag(i18n.locale as Language);

/** What is loaded: Lingui does not tell. */
const loaded = new Set<Loader>();
/** Whether a part of the app needs the other texts too. */
let isComplete = false;
/** The language that was asked for last: an earlier one may be loaded later. */
let wanted: Language = "en";

async function loadOnce(language: Language, loader: Loader | null): Promise<void> {
  if (loader === null || loaded.has(loader)) return;
  const { default: messages } = await loader();
  i18n.load(language, messages);
  loaded.add(loader);
}

async function load(language: Language): Promise<void> {
  await Promise.all([loadOnce(language, FIRST[language]), loadOnce(language, isComplete ? LATER[language] : null)]);
}

/** Before a lazy part is shown: from here on the other texts are loaded with every language. */
export async function loadTexts(): Promise<void> {
  isComplete = true;
  await load(wanted);
}

/** Loads the language and makes it that of the page; rejects, and changes nothing, when it cannot be loaded. */
export async function activateLanguage(language: Language): Promise<void> {
  wanted = language;
  await load(language);
  if (wanted !== language) return;
  document.documentElement.lang = language;
  i18n.activate(language, [regionalTag(language)]);
}

/** Before the first page is shown; without the texts of the language the app starts in English. */
export const startLanguage = (): Promise<void> => activateLanguage(chosenLanguage() ?? browserLanguage()).catch(() => undefined);
