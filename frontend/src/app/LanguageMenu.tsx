/** The languages of the app, in the user menu. */
import { MenuChoice } from "@/components/Menu";
import { chosenLanguage, LANGUAGES, type Language } from "@/i18n/languages";
import { i18n, t } from "@/i18n/translate";
import { useChooseLanguage } from "./useChooseLanguage";

export function LanguageMenu({ onDone }: { readonly onDone: () => void }) {
  const current = chosenLanguage() ?? i18n.locale;
  const chooseLanguage = useChooseLanguage();
  const choose = (language: Language) => {
    chooseLanguage(language);
    onDone();
  };
  return (
    <div role="group" aria-label={t("app.menu.language")}>
      {Object.entries(LANGUAGES).map(([code, name]) => (
        <MenuChoice key={code} isChosen={code === current} lang={code} onSelect={() => choose(code as Language)}>
          {name}
        </MenuChoice>
      ))}
    </div>
  );
}
