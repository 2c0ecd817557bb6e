/** Changes the language of the app on this device. */
import { useToasts } from "@/components/Toast";
import { chooseLanguage, LANGUAGES, type Language } from "@/i18n/languages";
import { activateLanguage, t } from "@/i18n/translate";

export function useChooseLanguage(): (language: Language) => void {
  const toasts = useToasts();
  return (language) => {
    chooseLanguage(language);
    activateLanguage(language).catch(() => toasts.show({ text: t("app.menu.languageFailed", { language: LANGUAGES[language] }) }));
  };
}
