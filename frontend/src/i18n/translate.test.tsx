/** Which language is shown, and what depends on it. */
import { afterEach, expect, it, vi } from "vitest";
import { activateLanguage, localeTag, startLanguage, t } from "./translate";

afterEach(async () => {
  vi.restoreAllMocks();
  localStorage.clear();
  await activateLanguage("en");
});

const prefer = (...tags: string[]) => vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);

it("shows texts, numbers and plural forms in the language", async () => {
  await activateLanguage("es");
  expect([t("app.cancel"), t("thread.unread", { count: 1 }), t("thread.unread", { count: 2_000_000 })]).toEqual([
    "Cancelar",
    "1 mensaje sin leer",
    "2.000.000 de mensajes sin leer",
  ]);
  expect(document.documentElement.lang).toBe("es");
});

it("writes numbers as in the browser's region of the language", async () => {
  prefer("en-GB", "es-MX");
  await activateLanguage("es");
  expect([localeTag(), t("thread.unread", { count: 20_000 })]).toEqual(["es-MX", "20,000 mensajes sin leer"]);
  await activateLanguage("de");
  expect([localeTag(), t("thread.unread", { count: 20_000 })]).toEqual(["de", "20.000 ungelesene Nachrichten"]);
});

it("shows the language chosen last, also if it is loaded first", async () => {
  const slow = activateLanguage("pt");
  await activateLanguage("en");
  await slow;
  expect(t("app.cancel")).toBe("Cancel");
  expect(document.documentElement.lang).toBe("en");
});

it.each([
  [["fr-FR", "de-AT", "es"], null, "Abbrechen"],
  [["fr-FR"], null, "Cancel"],
  [["de"], "pt", "Cancelar"],
  [["de"], "xx", "Abbrechen"],
])("starts for a browser in %s, with %s chosen", async (tags, chosen, cancel) => {
  prefer(...tags);
  if (chosen !== null) localStorage.setItem("confab.language", chosen);
  await startLanguage();
  expect(t("app.cancel")).toBe(cancel);
});
