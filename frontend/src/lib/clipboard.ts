/** Puts text into the clipboard; rejects where the browser has none (plain http), refuses, or does not answer. */
import { LIMITS_MS, withDeadline } from "./limits";

export const copyText = (text: string): Promise<void> =>
  withDeadline(LIMITS_MS.clipboard, async () => {
    await navigator.clipboard.writeText(text);
  });
