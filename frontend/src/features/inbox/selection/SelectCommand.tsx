/** X begins and continues a selection. */
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import type { Chat } from "@/types/wire";
import { useSelection } from "./selectionContext";

export function SelectCommand({ chat }: { readonly chat: Chat }) {
  const selection = useSelection();
  useMappedCommand("chat.select", () => selection.toggle(chat));
  return null;
}
