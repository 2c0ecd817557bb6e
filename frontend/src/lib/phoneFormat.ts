/** Phone numbers as people write them, +55 11 90532 0118; the countries' rules are loaded after the first page is shown. */
import { useSyncExternalStore } from "react";
import { LIMITS_MS, withDeadline } from "./limits";

const E164 = /^\+[1-9]\d{6,14}$/;

type Format = (phone: string) => string | undefined;

let format: Format | null = null;
const known = new Map<string, string>();
const listeners = new Set<() => void>();

/** A phone number in E.164, grouped; every other text, and all texts until the rules are loaded, as they are. */
export function formatPhone(text: string): string {
  if (format === null || !E164.test(text)) return text;
  const written = known.get(text) ?? format(text) ?? text;
  known.set(text, written);
  return written;
}

/** Null stays null. */
export const formatPhoneOrNull = (phone: string | null | undefined): string | null => (phone === null || phone === undefined ? null : formatPhone(phone));

/** Loads the countries' rules. Without them the numbers stay as they are. */
export async function loadPhoneFormat(): Promise<void> {
  if (format !== null) return;
  format = (await withDeadline(LIMITS_MS.chunk, () => import("./phoneRules"))).writePhone;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Renders again once numbers can be grouped. */
export const usePhoneFormat = (): boolean => useSyncExternalStore(subscribe, () => format !== null);
