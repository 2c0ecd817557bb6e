/** Says which rows there are to select, for ranges and for all. */
import { useEffect } from "react";
import type { Chat } from "@/types/wire";
import { useSelection } from "./selectionContext";

export function useShownRows(rows: readonly Chat[]): void {
  const selection = useSelection();
  useEffect(() => selection.showRows(rows));
}
