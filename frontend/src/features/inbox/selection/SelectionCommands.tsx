/** The keys of the selection: for the selected chats instead of the focused one. */
import { t } from "@/i18n/translate";
import { useCommand } from "@/lib/commands/context";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { useMe } from "@/lib/rights";
import { archive, close, forAll, open, read, unarchive, unread, type BulkAction } from "./bulkActions";
import type { ChoiceKind } from "@/features/inbox/status/dialogs/ChoiceDialog";
import { take } from "@/features/inbox/status/stateActions";
import { useOrganising, usePicked, useSelection } from "./selectionContext";
import { useBulk } from "./useBulk";

interface SelectionCommandsProps {
  /** Ends the selection. */
  readonly onRun: (action: BulkAction) => void;
  readonly onAsk: (kind: ChoiceKind) => void;
}

export function SelectionCommands({ onRun, onAsk }: SelectionCommandsProps) {
  const selection = useSelection();
  const organising = useOrganising();
  const run = useBulk();
  const me = useMe().data?.user;
  const chats = [...usePicked().values()];
  const isUnread = chats.some((chat) => chat.unread_count > 0);
  const isArchived = chats.every((chat) => chat.archived);
  const end = () => selection.clear();
  useCommand({ id: "selection.end", group: "list", label: t("selection.end"), keys: ["Escape"], run: end });
  useCommand({ id: "selection.all", group: "list", label: t("selection.all"), run: () => selection.selectAll() });
  useMappedCommand("chat.label", () => organising?.pickLabels(chats));
  useMappedCommand("chat.finish", () => onRun(chats.every((chat) => chat.status === "closed") ? open : close));
  useMappedCommand("chat.archive", () => onRun(isArchived ? unarchive : archive));
  useMappedCommand("chat.take", () => me !== undefined && onRun(forAll((chat) => take(me, chat))));
  useMappedCommand("chat.assign", () => onAsk("assign"));
  useMappedCommand("chat.snooze", () => onAsk("snooze"));
  useMappedCommand("chat.category", () => onAsk("category"));
  useMappedCommand("chat.unread", () => run(chats, isUnread ? read : unread));
  return null;
}
