/** The page for unknown addresses. */
import { MissingState } from "@/components/MissingState";
import { t } from "@/i18n/translate";
import { usePageShown } from "@/lib/lazyPart";

export function NotFoundPage() {
  usePageShown();
  return (
    <MissingState level={1} title={t("app.notFound.title")}>
      {t("app.notFound.text")}
    </MissingState>
  );
}
