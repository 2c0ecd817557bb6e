/** Copies text to the clipboard; rejects if there is none (plain http), on denial, or on timeout. */
import { LIMITS_MS, withDeadline } from "./limits";

export const copyText = (text: string): Promise<void> =>
  withDeadline(LIMITS_MS.clipboard, async () => {
    await navigator.clipboard.writeText(text);
  });
