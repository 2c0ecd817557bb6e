/** A welcome or away text as it is edited, and what is wrong with it. */
import { t } from "@/i18n/translate";
import { missingIn, OPENS_AT, unknownIn, VARIABLES, type Variable } from "@/lib/replies/variables";
import { isBlank } from "@/lib/texts";

export interface ReplyForm {
  readonly is_on: boolean;
  readonly text: string;
}

/** No user writes it; when a closed number opens is known instead. */
export const OFFERED: readonly Variable[] = [...VARIABLES.filter((name) => !name.startsWith("agent.")), OPENS_AT];

/** Only the day is always known: no user fills in the others. */
const KNOWN = { today: "today" } as const;

export function problemOf(text: string): string | null {
  const unusable = unknownIn(text, OFFERED);
  if (unusable.length > 0) return t("replies.unknown", { found: unusable.join(", "), count: unusable.length });
  const [bare] = missingIn(text, KNOWN);
  return bare === undefined ? null : t("hours.needsDefault", { example: inserted(bare) });
}

/** What a button inserts. */
export const inserted = (name: Variable): string => (name in KNOWN ? `{{${name}}}` : `{{${name} | default: ''}}`);

/** What is off may be empty, but not wrong. */
export const isSendable = ({ is_on, text }: ReplyForm): boolean => problemOf(text) === null && !(is_on && isBlank(text));
