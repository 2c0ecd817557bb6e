/** The sentences of the server in the language of the user, by their codes (server/said). */
import type { MessageId } from "./ids";
import { i18n, later, t, type Values } from "./translate";

interface Said {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const isSaid = (value: unknown): value is Said => typeof value === "object" && value !== null && "code" in value && "params" in value;

function fill(value: unknown): string {
  if (isSaid(value)) return translateSaid(value) ?? value.code;
  return typeof value === "number" ? new Intl.NumberFormat(i18n.locale).format(value) : String(value);
}

/** Null for what is no such sentence, and for a code of a newer server. */
export function translateSaid(said: unknown): string | null {
  if (!isSaid(said)) return null;
  const id = `said.${said.code}`;
  if (!(id in i18n.messages)) return null;
  const values: Values = Object.fromEntries(Object.entries(said.params).map(([name, value]) => [name, fill(value)]));
  return t(id as MessageId, values);
}

/** Their message always says more: what was stored by an older version, without its code, stays in English. */
const SPECIFIC = new Set(["conflict", "plan_limit", "new_chats_stopped"]);

later.describe = ({ code, reason }) => (reason === undefined && SPECIFIC.has(code) ? null : translateSaid(reason ?? { code: `error_${code}`, params: {} }));
