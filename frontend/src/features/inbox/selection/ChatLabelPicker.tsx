/** The labels of one chat, or of several at once. */
import type { Chat, Label } from "@/types/wire";
import { useSetLabel } from "@/features/inbox/labels/labelActions";
import { LabelPicker } from "@/features/inbox/labels/LabelPicker";
import { label as labelMany } from "./bulkActions";
import { useBulk } from "./useBulk";

export function ChatLabelPicker({ chats, onClose }: { readonly chats: readonly Chat[]; readonly onClose: () => void }) {
  const setLabel = useSetLabel();
  const run = useBulk();
  const set = (rows: readonly Chat[], label: Label, isOn: boolean) => {
    const [first] = rows;
    if (rows.length > 1) run(rows, labelMany(label, isOn));
    else if (first !== undefined) setLabel(first, label, isOn);
  };
  return <LabelPicker chats={chats} onSet={set} onClose={onClose} />;
}
