/** Starts the app in the user's language and theme. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@/design/font.css";
import "@/design/tokens.css";
import "@/design/type.css";
import "@/design/layout.css";
import "@/design/reset.css";
import "@/design/motion.css";
import "@/design/utilities.css";
import "@/design/frame.css";
import { App } from "@/app/App";
import { registerWorker } from "@/app/installable";
import { startLanguage } from "@/i18n/translate";
import { applyTheme, chosenTheme } from "@/lib/theme";

/** As in the stylesheets. */
// eslint-disable-next-line lingui/no-unlocalized-strings -- the name of a font
const FONT = "1em 'Inter Variable'";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
applyTheme(chosenTheme());
// It would be asked for when the first text is shown.
void document.fonts.load(FONT).catch(() => undefined);
await startLanguage();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
registerWorker();
