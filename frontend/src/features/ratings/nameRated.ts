/** Who was rated: a user, or the writer on the phone. */
import { t } from "@/i18n/translate";
import type { Survey } from "@/types/wire";

export const nameRated = (user: Survey["user"]): string => (user === null ? t("ratings.phone") : (user.name ?? t("ratings.formerUser")));
