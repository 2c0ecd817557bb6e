/** The quiet hours of this device, by its clock: alerts make no sound then, and show nothing on the desktop. */
import { useSyncExternalStore } from "react";

/** Times of day as "HH:MM", so that they compare as texts. */
export interface QuietHours {
  readonly isOn: boolean;
  readonly from: string;
  readonly to: string;
}

const STORAGE_KEY = "confab.quiet-hours";
/** The service worker (worker/sw.js) has no localStorage: it reads them here. */
const WORKER_CACHE = "device-settings";
const WORKER_PATH = "/quiet-hours";
const USUAL: QuietHours = { isOn: false, from: "20:00", to: "08:00" };
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const listeners = new Set<() => void>();

export const isTime = (text: unknown): text is string => typeof text === "string" && TIME.test(text);

function parse(text: string | null): QuietHours {
  try {
    const { isOn, from, to } = JSON.parse(text ?? "null") as Record<keyof QuietHours, unknown>;
    return typeof isOn === "boolean" && isTime(from) && isTime(to) ? { isOn, from, to } : USUAL;
  } catch {
    return USUAL;
  }
}

/** The same object until they change, as React asks for. */
let known: { readonly text: string | null; readonly hours: QuietHours } = { text: null, hours: USUAL };

export function readQuietHours(): QuietHours {
  try {
    const text = localStorage.getItem(STORAGE_KEY);
    if (text !== known.text) known = { text, hours: parse(text) };
    return known.hours;
  } catch {
    // Storage is blocked.
    return USUAL;
  }
}

/** An end before the beginning is on the next day. The same time twice is the whole day. */
export function isQuiet({ isOn, from, to }: QuietHours, time: string): boolean {
  if (!isOn) return false;
  return from < to ? from <= time && time < to : from <= time || time < to;
}

const timeOf = (at: Date): string => [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");

export const isQuietNow = (): boolean => isQuiet(readQuietHours(), timeOf(new Date()));

export function chooseQuietHours(hours: QuietHours): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(hours));
  } catch {
    // Storage is blocked: there are none.
  }
  for (const listener of [...listeners]) listener();
  // Without it a push makes its usual sound.
  void handToWorker(hours).catch(() => undefined);
}

async function handToWorker(hours: QuietHours): Promise<void> {
  if (!("caches" in window)) return;
  await (await caches.open(WORKER_CACHE)).put(WORKER_PATH, Response.json(hours));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useQuietHours = (): QuietHours => useSyncExternalStore(subscribe, readQuietHours);
