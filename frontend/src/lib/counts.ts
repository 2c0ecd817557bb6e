/** Counts in the language of the user. */
import { perLanguage } from "./perLanguage";

const counts = perLanguage((tag) => new Intl.NumberFormat(tag));

export const formatCount = (count: number): string => counts().format(count);
