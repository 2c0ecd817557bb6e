/** The server's sentences for the fields of a request, in the language of the user. */
import { translateSaid } from "@/i18n/said";
import { ApiError } from "./errors";

type Sentences = Readonly<Record<string, readonly unknown[]>>;

/** One text for each field that was rejected. */
export function fieldProblems(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  const reasons = error.fieldReasons as Sentences | undefined;
  return Object.fromEntries(Object.entries(error.fields).map(([name, english]) => [name, translateAll(reasons?.[name]) ?? english.join(" ")]));
}

function translateAll(reasons: readonly unknown[] | undefined): string | null {
  const said = reasons?.map(translateSaid) ?? [];
  return said.length === 0 || said.includes(null) ? null : said.join(" ");
}

/** Null if that field was not rejected. */
export const fieldProblem = (error: unknown, field: string): string | null => fieldProblems(error)[field] ?? null;
