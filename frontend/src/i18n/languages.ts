/** The languages of the app, and which of them a browser gets. */

export const LANGUAGES = { en: "English", de: "Deutsch", es: "Español", pt: "Português" } as const;

export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = "confab.language";
const DEFAULT_LANGUAGE: Language = "en";

const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);

/** The part of a BCP 47 tag that names the language: "pt" of "pt-BR". */
const primary = (tag: string): string => tag.toLowerCase().split("-", 1)[0] ?? "";

/** The language the user chose on this device; null to follow the browser. */
export function chosenLanguage(): Language | null {
  const stored = localStorage.getItem(STORAGE_KEY) ?? "";
  return isLanguage(stored) ? stored : null;
}

export function chooseLanguage(language: Language | null): void {
  if (language === null) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, language);
}

/** The first language of the browser that the app has. */
export function browserLanguage(tags: readonly string[] = navigator.languages): Language {
  return tags.map(primary).find(isLanguage) ?? DEFAULT_LANGUAGE;
}

/** The tag for dates and numbers: the browser's regional variant of the language if it has one. */
export function regionalTag(language: Language, tags: readonly string[] = navigator.languages): string {
  return tags.find((tag) => primary(tag) === language) ?? language;
}
