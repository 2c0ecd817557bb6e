/** Which key sends, chosen on this device. */
import { useSyncExternalStore } from "react";
import { keyOf, type KeyPress } from "@/lib/keys";

export type SendKey = "enter" | "ctrlEnter";

const STORAGE_KEY = "confab.send-key";
const listeners = new Set<() => void>();

const isSendKey = (value: string | null): value is SendKey => value === "enter" || value === "ctrlEnter";

/** On a touch screen the button sends: its keyboard has no Shift+Enter. */
const usual = (): SendKey => (window.matchMedia("(pointer: coarse)").matches ? "ctrlEnter" : "enter");

export function readSendKey(): SendKey {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return isSendKey(stored) ? stored : usual();
  } catch {
    // Storage is blocked.
    return usual();
  }
}

export function chooseSendKey(sendKey: SendKey): void {
  try {
    localStorage.setItem(STORAGE_KEY, sendKey);
  } catch {
    // Storage is blocked: the usual key stays.
  }
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

export const useSendKey = (): SendKey => useSyncExternalStore(subscribe, readSendKey);

interface ModifiedKey extends KeyPress {
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Whether the key sends. Shift+Enter never does, Ctrl+Enter always. */
export function isSending(event: ModifiedKey, sendKey: SendKey): boolean {
  if (keyOf(event) !== "Enter" || event.shiftKey || event.altKey) return false;
  return sendKey === "enter" || event.ctrlKey || event.metaKey;
}

/** Ctrl+Shift+Enter sends and closes the chat. */
export const isSendingAndClosing = (event: ModifiedKey): boolean =>
  keyOf(event) === "Enter" && event.shiftKey && !event.altKey && (event.ctrlKey || event.metaKey);
