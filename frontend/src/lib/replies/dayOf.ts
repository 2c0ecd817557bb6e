/** Today's date, in the user's language. */
import { perLanguage } from "@/lib/perLanguage";

const format = perLanguage((language) => new Intl.DateTimeFormat(language, { dateStyle: "long" }));

export const dayOf = (day: Date): string => format().format(day);
