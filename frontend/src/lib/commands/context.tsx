/** Provides the commands, and runs them by key. */
import { createContext, use, useEffect, useEffectEvent, useState, useSyncExternalStore, type ReactNode } from "react";
import { flushSync } from "react-dom";
import { isLoadingParts, onPartsLoaded } from "@/lib/loadingParts";
import { EarlyPresses } from "./early";
import { isPlain, nameOf } from "./press";
import { CommandRegistry, type Command } from "./registry";
import { readCharacterKeys, writeCharacterKeys } from "./setting";

const CommandContext = createContext<CommandRegistry | null>(null);

/** Fields take the keys that type or move within them; Escape they leave to the page. */
const FIELDS = "input, textarea, select, [contenteditable=true]";
/** What is open above the page has keys of its own. */
const OVERLAYS = "dialog[open], [role=dialog], [role=menu], [role=listbox]";

const isCovered = (): boolean => document.querySelector(OVERLAYS) !== null;

const isField = (target: EventTarget | null): boolean => target instanceof Element && target.matches(FIELDS);

function belongsToPage(event: KeyboardEvent, name: string): boolean {
  if (event.defaultPrevented || isCovered()) return false;
  return !isField(event.target) || !isPlain(name) || name === "Escape";
}

/** Runs commands by key, also those that are pressed before they are loaded. */
function listen(registry: CommandRegistry): () => void {
  // The next press is for what this one shows.
  const run = (name: string) => flushSync(() => registry.press(name, isLoadingParts()));
  const early = new EarlyPresses({ run, isLoading: isLoadingParts, isPageFree: () => !isCovered() && !isField(document.activeElement) });
  const onKeyDown = (event: KeyboardEvent) => {
    const name = nameOf(event);
    if (name !== null && belongsToPage(event, name) && early.press(name)) event.preventDefault();
  };
  const stops = [registry.subscribe(early.retry), onPartsLoaded(early.retry)];
  document.addEventListener("keydown", onKeyDown);
  document.addEventListener("pointerdown", early.forget);
  return () => {
    for (const stop of stops) stop();
    early.forget();
    document.removeEventListener("keydown", onKeyDown);
    document.removeEventListener("pointerdown", early.forget);
  };
}

export function CommandProvider({ children }: { readonly children: ReactNode }) {
  const [registry] = useState(() => new CommandRegistry(readCharacterKeys()));
  useEffect(() => listen(registry), [registry]);
  return <CommandContext value={registry}>{children}</CommandContext>;
}

export function useCommandRegistry(): CommandRegistry {
  const registry = use(CommandContext);
  if (registry === null) throw new Error("useCommandRegistry needs a CommandProvider above it.");
  return registry;
}

/** All commands that can be run now: of an id, the newest registration. */
export function useCommands(): readonly Command[] {
  const registry = useCommandRegistry();
  const commands = useSyncExternalStore(registry.subscribe, registry.getSnapshot);
  return commands.filter(({ id, isEnabled }, index) => isEnabled !== false && !commands.slice(index + 1).some((other) => other.id === id && other.isEnabled !== false));
}

/** Whether shortcuts of a single character are on, on this device; and how to switch them. */
export function useCharacterKeys() {
  const registry = useCommandRegistry();
  const isOn = useSyncExternalStore(registry.subscribe, () => registry.hasCharacterKeys);
  const change = (next: boolean) => {
    registry.switchCharacterKeys(next);
    writeCharacterKeys(next);
  };
  return [isOn, change] as const;
}

/** Offers an action while the component is mounted. `keys` stays the same from render to render. */
export function useCommand({ id, group, label, keys, isEnabled = true, isListed = true, run }: Command): void {
  // Without a provider, as in the tests of a single component, there are no keys.
  const registry = use(CommandContext);
  const runNow = useEffectEvent(run);
  const pressed = keys?.join("\n");
  useEffect(() => {
    const presses = pressed === undefined ? [] : pressed.split("\n");
    return registry?.register({ id, group, label, keys: presses, isEnabled, isListed, run: () => runNow() });
  }, [registry, id, group, label, pressed, isEnabled, isListed]);
}
