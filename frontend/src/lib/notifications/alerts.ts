/**
 * Sounds and desktop alerts of notifications. Tabs of a browser alert once: the first to take the lock of a
 * notification does. There is no alert for what is read within a second, as lines of the chat in view are.
 */
import type { Notification as Line, Preferences } from "@/types/wire";
import { describeLine } from "./lines";
import { isQuietNow } from "./quietHours";

export const PATIENCE_MS = 1_200;
/** What is older came by catching up. */
const FRESH_MS = 60_000;
const SEEN_KEY = "confab.alerted";

/** Two short tones, made here: nothing has to be loaded before the first. */
export function playSound(): void {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.setValueAtTime(0.08, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.4);
  gain.connect(context.destination);
  for (const [frequency, at] of [[659, 0], [880, 0.12]] as const) {
    const tone = context.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + 0.4);
  }
  setTimeout(() => void context.close(), 1_000);
}

export function showOnDesktop(title: string, body: string, tag: string, path: string | null): void {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  const shown = new Notification(title, { body, tag, icon: "/icon-192.png" });
  shown.onclick = () => {
    window.focus();
    if (path !== null) window.location.assign(path);
    shown.close();
  };
}

/** Whether this tab alerts: the first that notes the id. */
function claim(id: number): boolean {
  try {
    const newest = Number(localStorage.getItem(SEEN_KEY) ?? "0");
    if (newest >= id) return false;
    localStorage.setItem(SEEN_KEY, String(id));
  } catch {
    // Storage is blocked: each tab alerts.
  }
  return true;
}

export interface Alerts {
  readonly take: (line: Line, preferences: () => Promise<Preferences>) => void;
}

export function createAlerts(sound = playSound, desktop = showOnDesktop, claimed = claim, quiet = isQuietNow): Alerts {
  const waiting = new Map<number, ReturnType<typeof setTimeout>>();
  async function alert(line: Line, preferences: () => Promise<Preferences>): Promise<void> {
    const channels = (await preferences()).notifications[line.kind];
    if (!claimed(line.id) || quiet()) return;
    const { title, body, path } = describeLine(line);
    if (channels.sound) sound();
    if (channels.desktop) desktop(title, body, `confab-${line.id}`, path);
  }
  return {
    take: (line, preferences) => {
      clearTimeout(waiting.get(line.id));
      waiting.delete(line.id);
      if (line.read_at !== null || Date.now() - Date.parse(line.at) > FRESH_MS) return;
      const timer = setTimeout(() => {
        waiting.delete(line.id);
        // Without the preferences there is no alert.
        void alert(line, preferences).catch(() => undefined);
      }, PATIENCE_MS);
      waiting.set(line.id, timer);
    },
  };
}
