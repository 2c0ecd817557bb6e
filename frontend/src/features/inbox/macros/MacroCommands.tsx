/** The macros of a chat in the palette, and the key that lists them. */
import { useState } from "react";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { t } from "@/i18n/translate";
import { useCommand } from "@/lib/commands/context";
import { rank } from "@/lib/commands/rank";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { useMacros } from "@/lib/macros";
import { isolate } from "@/lib/texts";
import { useAfterPage } from "@/lib/useAfterPage";
import type { Chat, Macro } from "@/types/wire";
import { useRunMacro } from "./useRunMacro";

export function MacroCommands({ chat }: { readonly chat: Chat }) {
  const isAfter = useAfterPage();
  const macros = useMacros(isAfter).data ?? [];
  const run = useRunMacro();
  const [isPicking, setIsPicking] = useState(false);
  const isEnabled = chat.kind !== "channel";
  useMappedCommand("chat.macro", () => setIsPicking(true), { isEnabled: isEnabled && macros.length > 0 });
  if (!isEnabled) return null;
  const choose = (macro: Macro) => {
    setIsPicking(false);
    run(chat, macro);
  };
  return (
    <>
      {macros.map((macro) => <MacroCommand key={macro.id} macro={macro} onRun={() => run(chat, macro)} />)}
      {isPicking && <MacroPicker macros={macros} onChoose={choose} onClose={() => setIsPicking(false)} />}
    </>
  );
}

interface MacroCommandProps {
  readonly macro: Macro;
  readonly onRun: () => void;
}

function MacroCommand({ macro, onRun }: MacroCommandProps) {
  useCommand({ id: `chat.macro.${macro.id}`, group: "chat", label: t("macros.command", { name: isolate(macro.name) }), run: onRun });
  return null;
}

interface MacroPickerProps {
  readonly macros: readonly Macro[];
  readonly onChoose: (macro: Macro) => void;
  readonly onClose: () => void;
}

function MacroPicker({ macros, onChoose, onClose }: MacroPickerProps) {
  const [text, setText] = useState("");
  return (
    <PaletteBox label={t("commands.name.macro")} placeholder={t("macros.search")} text={text} onChange={setText} filter={rank} empty={t("macros.noMatch")} onClose={onClose}>
      <PaletteGroup heading={t("macros.title")}>
        {macros.map((macro) => (
          <PaletteItem key={macro.id} value={`macro.${macro.id}`} keywords={[macro.name]} face={<Icon name="automatic" size={18} />} label={macro.name} isExact onSelect={() => onChoose(macro)} />
        ))}
      </PaletteGroup>
    </PaletteBox>
  );
}
