/** The widths of the inbox's panes, and whether the details are open: remembered on this device. */

export type Pane = "list" | "context";

export interface Limits {
  readonly min: number;
  readonly usual: number;
  readonly max: number;
}

/** In px. */
export const LIMITS: Readonly<Record<Pane, Limits>> = {
  list: { min: 272, usual: 352, max: 520 },
  context: { min: 272, usual: 320, max: 460 },
};

export interface Panes {
  readonly list: number;
  readonly context: number;
  /** Null until the user opens or closes it: then a wide window shows it. */
  readonly isContextOpen: boolean | null;
}

const USUAL: Panes = { list: LIMITS.list.usual, context: LIMITS.context.usual, isContextOpen: null };
const STORAGE_KEY = "confab.panes";

export function clampWidth(pane: Pane, width: number): number {
  const { min, max } = LIMITS[pane];
  return Math.round(Math.min(max, Math.max(min, width)));
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

const widthOf = (pane: Pane, value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? clampWidth(pane, value) : LIMITS[pane].usual;

/** What is stored may be of another version. */
export function parsePanes(text: string | null): Panes {
  let value: unknown = null;
  try {
    value = JSON.parse(text ?? "null");
  } catch {
    return USUAL;
  }
  if (!isRecord(value)) return USUAL;
  const { list, context, isContextOpen } = value;
  return {
    list: widthOf("list", list),
    context: widthOf("context", context),
    isContextOpen: typeof isContextOpen === "boolean" ? isContextOpen : null,
  };
}

function read(): Panes {
  try {
    return parsePanes(localStorage.getItem(STORAGE_KEY));
  } catch {
    return USUAL;
  }
}

let current: Panes | null = null;
const listeners = new Set<() => void>();

export const getPanes = (): Panes => (current ??= read());

export function subscribePanes(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changePanes(change: Partial<Panes>): void {
  current = { ...getPanes(), ...change };
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(current));
  } catch {
    // A private window may block storage: the widths then end with the page.
  }
  listeners.forEach((listener) => listener());
}
