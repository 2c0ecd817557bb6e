/** Renders again when the language changes. */
import { useSyncExternalStore } from "react";
import { i18n } from "./translate";

const subscribe = (listener: () => void) => i18n.on("change", listener);

export const useLocale = (): string => useSyncExternalStore(subscribe, () => i18n.locale);
