/** How many characters a message may have, and how many are left. */

/** The server's limit, which is WhatsApp's. */
export const MAX_CHARACTERS = 65_536;
/** From here on the composer shows what is left. */
const SHOWN_FROM = 1_000;

/** Characters left, negative beyond the limit; null while the end is far. */
export function charactersLeft(text: string, limit = MAX_CHARACTERS): number | null {
  // In UTF-16 it is longer or as long: counting is needed near the limit only.
  if (text.length < limit - SHOWN_FROM) return null;
  const left = limit - Array.from(text).length;
  return left > SHOWN_FROM ? null : left;
}
