/** Which voice messages were played on this device; the newest of them are remembered. */

const STORAGE_KEY = "confab.played";
const MAX_PLAYED = 1_000;

function readStored(): number[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id): id is number => Number.isInteger(id)) : [];
  } catch {
    return [];
  }
}

export const wasPlayed = (messageId: number): boolean => readStored().includes(messageId);

export function notePlayed(messageId: number): void {
  const others = readStored().filter((id) => id !== messageId);
  localStorage.setItem(STORAGE_KEY, JSON.stringify([...others, messageId].slice(-MAX_PLAYED)));
}
