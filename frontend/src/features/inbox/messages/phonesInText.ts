/** Finds phone numbers in a line of text: with a country code, or with an area code in brackets. */
import { readPhone } from "@/lib/phone";

export interface FoundPhone {
  readonly from: number;
  readonly to: number;
  /** As the form for a new chat takes it. */
  readonly number: string;
}

const SEPARATOR = String.raw`[ .()/\u00a0\u2010-\u2013\u2212-]`;
const START = String.raw`(?<![\p{L}\p{N}@.,/:+#=_-])`;
const END = String.raw`(?![\p{L}\p{N}@_]|[-.,:/]\d)`;
const PHONE = new RegExp(
  [
    String.raw`${START}(?:\+|00)[1-9](?:${SEPARATOR}{0,2}\d){6,14}${END}`,
    String.raw`${START}(?<!\d )\(0?[1-9]\d{1,3}\)(?:${SEPARATOR}?\d){6,10}${END}`,
  ].join("|"),
  "gu",
);

export function findPhones(line: string): FoundPhone[] {
  const found: FoundPhone[] = [];
  for (const match of line.matchAll(PHONE)) {
    const number = readPhone(match[0]);
    if (number !== null) found.push({ from: match.index, to: match.index + match[0].length, number });
  }
  return found;
}
