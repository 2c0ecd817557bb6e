/** What the browser's tab says: the page and the unread messages, as its title and on its icon. */
import { useDocumentTitle } from "./documentTitle";
import { useFavicon } from "./favicon";

export function TabSigns({ unread }: { readonly unread: number }) {
  useDocumentTitle(unread);
  useFavicon(unread);
  return null;
}
