/** A welcome or away text as it is edited, and what is wrong with it. */
import { t } from "@/i18n/translate";
import { missingIn, unknownIn, VARIABLES, type Variable } from "@/lib/replies/variables";
import { isBlank } from "@/lib/texts";

export interface ReplyForm {
  readonly is_on: boolean;
  readonly text: string;
}

/** Without an agent: no user writes it. */
const AGENT = VARIABLES.filter((name) => name.startsWith("agent."));

export const OFFERED: readonly Variable[] = VARIABLES.filter((name) => !AGENT.includes(name));

/** Only the day is always known: no user fills in the others. */
const KNOWN = { today: "today" } as const;

/** In braces as they are written. */
function unusableIn(text: string): readonly string[] {
  const agents = AGENT.filter((name) => new RegExp(String.raw`\{\{\s*${name.replace(".", String.raw`\.`)}\s*(\||\}\})`, "u").test(text));
  return [...unknownIn(text), ...agents.map((name) => `{{${name}}}`)];
}

export function problemOf(text: string): string | null {
  const unusable = unusableIn(text);
  if (unusable.length > 0) return t("replies.unknown", { found: unusable.join(", "), count: unusable.length });
  const [bare] = missingIn(text, KNOWN);
  return bare === undefined ? null : t("hours.needsDefault", { example: inserted(bare) });
}

/** What a button inserts. */
export const inserted = (name: Variable): string => (name in KNOWN ? `{{${name}}}` : `{{${name} | default: ''}}`);

/** What is off may be empty, but not wrong. */
export const isSendable = ({ is_on, text }: ReplyForm): boolean => problemOf(text) === null && !(is_on && isBlank(text));
