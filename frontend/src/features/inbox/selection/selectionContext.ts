/** Provides the selection of the list, and the dialog that labels it. */
import { createContext, use, useCallback, useSyncExternalStore } from "react";
import type { Chat } from "@/types/wire";
import { Selection, type Picked } from "./selection";

export interface Organising {
  readonly selection: Selection;
  /** Opens the labels of these chats. */
  readonly pickLabels: (chats: readonly Chat[]) => void;
}

/** Rows outside the list, as in search, cannot be selected. */
export const OrganisingContext = createContext<Organising | null>(null);

const IDLE = new Selection();

export const useOrganising = (): Organising | null => use(OrganisingContext);

export const useSelection = (): Selection => useOrganising()?.selection ?? IDLE;

export function usePicked(): Picked {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, selection.getSnapshot);
}

export function useIsSelecting(): boolean {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, () => !selection.isEmpty);
}

export function useIsPicked(id: number): boolean {
  const selection = useSelection();
  return useSyncExternalStore(selection.subscribe, useCallback(() => selection.has(id), [selection, id]));
}
