/** Formatters of `Intl`, made once per language: making one takes longer than using it. */
import { localeTag } from "@/i18n/translate";

export function perLanguage<T>(make: (tag: string) => T): () => T {
  let known: { readonly tag: string; readonly formatter: T } | null = null;
  return () => {
    const tag = localeTag();
    if (known?.tag !== tag) known = { tag, formatter: make(tag) };
    return known.formatter;
  };
}
