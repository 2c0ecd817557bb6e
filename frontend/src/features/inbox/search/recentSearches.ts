/** The latest searches of this user, on this device. */

const KEY = "confab.searches";
const AT_MOST = 6;
const MIN_LENGTH = 2;

/** Null before it is known who is signed in: nothing is remembered then. */
type UserId = number | null;

const keyFor = (userId: UserId): string => `${KEY}.${userId}`;

export function readSearches(userId: UserId): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyFor(userId)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((text): text is string => typeof text === "string").slice(0, AT_MOST) : [];
  } catch {
    return [];
  }
}

/** The newest first; a search that goes on from another replaces it. */
export function withSearch(searches: readonly string[], text: string): readonly string[] {
  const written = text.trim();
  if (written.length < MIN_LENGTH) return searches;
  const others = searches.filter((other) => !written.toLowerCase().startsWith(other.toLowerCase()) && other.toLowerCase() !== written.toLowerCase());
  return [written, ...others].slice(0, AT_MOST);
}

function write(userId: UserId, searches: readonly string[]): void {
  if (userId === null) return;
  try {
    if (searches.length === 0) localStorage.removeItem(keyFor(userId));
    else localStorage.setItem(keyFor(userId), JSON.stringify(searches));
  } catch {
    // A private window may block storage: then nothing is remembered.
  }
}

export const noteSearch = (userId: UserId, text: string): void => write(userId, withSearch(readSearches(userId), text));

export const forgetSearches = (userId: UserId): void => write(userId, []);
