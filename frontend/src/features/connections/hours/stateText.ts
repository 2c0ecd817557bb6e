/** Whether a number is open, and what it sends by itself, in words. */
import { t } from "@/i18n/translate";
import { formatUntil } from "@/lib/time";
import type { AutoReplies, OneHours } from "@/types/wire";

export function describeState({ hours, is_open: isOpen, changes_at: changesAt }: OneHours): string {
  if (hours === null || (isOpen && changesAt === null)) return t("hours.always");
  if (changesAt === null) return t("hours.closed");
  return t(isOpen ? "hours.openUntil" : "hours.closedUntil", { time: formatUntil(changesAt) });
}

/** Null where nothing is sent. */
export function describeReplies(replies: AutoReplies | undefined): string | null {
  if (replies === undefined) return null;
  const { welcome, away } = replies;
  if (welcome.is_on && away.is_on) return t("hours.replies.both");
  if (welcome.is_on) return t("hours.replies.welcome");
  return away.is_on ? t("hours.replies.away") : null;
}
