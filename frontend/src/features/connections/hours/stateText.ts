/** Whether a number is open, in words. */
import { t } from "@/i18n/translate";
import { formatUntil } from "@/lib/time";
import type { OneHours } from "@/types/wire";

export function describeState({ hours, is_open: isOpen, changes_at: changesAt }: OneHours): string {
  if (hours === null || (isOpen && changesAt === null)) return t("hours.always");
  if (changesAt === null) return t("hours.closed");
  return t(isOpen ? "hours.openUntil" : "hours.closedUntil", { time: formatUntil(changesAt) });
}
