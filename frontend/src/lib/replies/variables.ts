/** The variables of canned replies: what they stand for, and the text with their values. */

export const VARIABLES = ["contact.name", "contact.first_name", "contact.phone", "agent.name", "agent.first_name", "account.name", "today"] as const;

/** Of a number that is closed; only its welcome and its away text have it. */
export const OPENS_AT = "hours.opens_at";

export type Variable = (typeof VARIABLES)[number] | typeof OPENS_AT;

export type Values = Readonly<Partial<Record<Variable, string | null>>>;

const BRACES = /\{\{(.*?)\}\}/gsu;
const VARIABLE = /^\s*([a-z_.]+)\s*(?:\|\s*default\s*:\s*(?:'([^'{}]*)'|"([^"{}]*)")\s*)?$/u;

const isVariable = (name: string): name is Variable => name === OPENS_AT || (VARIABLES as readonly string[]).includes(name);

interface Parsed {
  readonly name: Variable;
  readonly fallback: string | undefined;
}

function parse(inner: string): Parsed | null {
  const match = VARIABLE.exec(inner);
  const name = match?.[1] ?? "";
  return isVariable(name) ? { name, fallback: match?.[2] ?? match?.[3] } : null;
}

const partsOf = (text: string): readonly string[] => Array.from(text.matchAll(BRACES), ([, inner]) => inner ?? "");

/** What stands in braces and is none of the known variables. */
export function unknownIn(text: string, known: readonly Variable[] = VARIABLES): readonly string[] {
  const isKnown = (found: Parsed | null) => found !== null && known.includes(found.name);
  return [...new Set(partsOf(text).filter((inner) => !isKnown(parse(inner))).map((inner) => `{{${inner.trim()}}}`))];
}

/** The variables that have neither a value nor a default, each once. */
export function missingIn(text: string, values: Values): readonly Variable[] {
  const missing = partsOf(text).map(parse).filter((found) => found !== null && (values[found.name] ?? "") === "" && found.fallback === undefined);
  return [...new Set(missing.flatMap((found) => (found === null ? [] : [found.name])))];
}

/** The text with all values that there are; what has none stays as it was written. */
export function resolve(text: string, values: Values): string {
  return text.replace(BRACES, (whole: string, inner: string) => {
    const found = parse(inner);
    if (found === null) return whole;
    const value = values[found.name] ?? "";
    return value === "" ? (found.fallback ?? whole) : value;
  });
}

/** What was left in braces, as it is written. */
export const unresolvedIn = (text: string): readonly string[] => [...new Set(partsOf(text).map((inner) => `{{${inner}}}`))];

export const firstNameOf = (name: string | null | undefined): string | null => name?.trim().split(/\s+/u)[0] ?? null;
