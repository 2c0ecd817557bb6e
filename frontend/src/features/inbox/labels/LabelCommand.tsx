/** L: the labels of a chat. */
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import type { Chat } from "@/types/wire";
import { useOrganising } from "@/features/inbox/selection/selectionContext";

export function LabelCommand({ chat }: { readonly chat: Chat }) {
  const organising = useOrganising();
  useMappedCommand("chat.label", () => organising?.pickLabels([chat]), { isEnabled: organising !== null });
  return null;
}
