/** How a row is selected: by a click while others are, with Shift for a range, with Ctrl one by one. */
import type { MouseEvent } from "react";
import type { Chat } from "@/types/wire";
import { useIsPicked, useIsSelecting, useOrganising, useSelection } from "./selectionContext";

export function useRowSelection(chat: Chat, maySelect: boolean) {
  const selection = useSelection();
  const isOffered = useOrganising() !== null && maySelect;
  const isSelecting = useIsSelecting();
  const isPicked = useIsPicked(chat.id);
  /** Whether the click selected, and must not open the chat. */
  const takeClick = (event: MouseEvent): boolean => {
    const isRange = event.shiftKey;
    if (!isOffered || !(isSelecting || isRange || event.ctrlKey || event.metaKey)) return false;
    if (isRange) selection.extendTo(chat);
    else selection.toggle(chat);
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { isPicked, isSelecting: isSelecting && isOffered, takeClick, begin: isOffered ? () => selection.toggle(chat) : null };
}
