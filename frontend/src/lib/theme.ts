/** Light, dark, or as the system is set; on this device. `page/theme.js` applies the choice before the first paint. */

export const THEMES = ["system", "light", "dark"] as const;

export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "confab.theme";

/** Without storage the system decides. */
export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return THEMES.find((theme) => theme === stored) ?? "system";
  } catch {
    return "system";
  }
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // A private window may block storage: the choice then ends with the page.
  }
  applyTheme(theme);
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) meta.media = mediaOf(meta, theme);
}

/** Each colour of the browser's own frame is for one scheme; a chosen theme decides without the system. */
function mediaOf({ dataset }: HTMLMetaElement, theme: Theme): string {
  if (theme === "system") return `(prefers-color-scheme: ${dataset.scheme ?? "light"})`;
  return dataset.scheme === theme ? "all" : "not all";
}
