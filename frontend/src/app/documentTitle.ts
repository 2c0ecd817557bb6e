/** The title of the window: the unread messages and the page. */
import { useEffect } from "react";
import { useLocation } from "@/lib/navigation";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";

const TITLES: readonly (readonly [string, MessageId])[] = [
  ["/inbox", "app.nav.inbox"],
  ["/connections", "app.nav.numbers"],
  ["/usage", "app.nav.usage"],
  ["/reports", "app.nav.reports"],
  ["/audit", "app.nav.audit"],
  ["/settings", "app.nav.settings"],
];

export function useDocumentTitle(unread: number): void {
  const { pathname } = useLocation();
  const page = t(TITLES.find(([path]) => pathname.startsWith(path))?.[1] ?? "app.notFound.title");
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${page} · Confab`;
    return () => {
      document.title = "Confab";
    };
  }, [unread, page]);
}
