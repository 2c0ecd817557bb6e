/** Why a rule left out an action: the server says it in English, and by a code. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { ActionResult } from "@/types/wire";
import { describeFailure } from "./api/errors";

/** By what was to be done and the code, which says why. */
const REASONS: Readonly<Record<string, MessageId>> = {
  "assign conflict": "rules.reason.away",
  "assign invalid": "rules.reason.cannotAnswer",
  "label not_found": "rules.reason.labelDeleted",
  "unlabel not_found": "rules.reason.labelDeleted",
  "close category_required": "rules.reason.category",
  "snooze conflict": "rules.reason.closed",
  "reply not_found": "rules.reason.replyDeleted",
  "reply conflict": "rules.reason.cannotWrite",
  "reply invalid": "rules.reason.variable",
  "reply plan_limit": "rules.reason.usedUp",
  "reply not_entitled": "rules.reason.notEntitled",
};

/** Null if it was done. */
export function describeLeftOut({ kind, error }: ActionResult): string | null {
  if (error === null) return null;
  const known = REASONS[`${kind} ${error.code}`];
  return known === undefined ? describeFailure(error) : t(known);
}
