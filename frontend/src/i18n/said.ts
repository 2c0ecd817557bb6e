/** The sentences of the server in the language of the user, by their codes (server/said). */
import type { MessageId } from "./ids";
import { i18n, t, type Values } from "./translate";

export interface Said {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const isSaid = (value: unknown): value is Said => typeof value === "object" && value !== null && "code" in value && "params" in value;

function fill(value: unknown): string {
  if (isSaid(value)) return translateSaid(value) ?? value.code;
  return typeof value === "number" ? new Intl.NumberFormat(i18n.locale).format(value) : String(value);
}

/** Null for a code of a newer server. */
export function translateSaid({ code, params }: Said): string | null {
  const id = `said.${code}`;
  if (!(id in i18n.messages)) return null;
  const values: Values = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, fill(value)]));
  return t(id as MessageId, values);
}
