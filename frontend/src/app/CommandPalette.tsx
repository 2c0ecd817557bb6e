/** The palette with the chats of the inbox in it; loaded when it is first opened. */
import { Palette } from "@/features/commands/Palette";
import { PaletteChats } from "@/features/inbox/palette/PaletteChats";

interface CommandPaletteProps {
  readonly onRun: (run: () => void) => void;
  readonly onClose: () => void;
}

export function CommandPalette({ onRun, onClose }: CommandPaletteProps) {
  return <Palette onRun={onRun} onClose={onClose} renderChats={(text) => <PaletteChats text={text} onRun={onRun} />} />;
}
