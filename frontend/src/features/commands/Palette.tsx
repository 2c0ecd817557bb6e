/** The command palette: every action that can be run now, with its key, and the chats by name. */
import { useState, type KeyboardEvent, type ReactElement } from "react";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { t } from "@/i18n/translate";
import { useCharacterKeys, useCommands } from "@/lib/commands/context";
import { printKeys } from "@/lib/commands/describe";
import { isCharacter, nameOf } from "@/lib/commands/press";
import { rank } from "@/lib/commands/rank";
import type { Command, CommandGroup } from "@/lib/commands/registry";
import { isolate } from "@/lib/texts";
import { iconOf } from "./icons";

/** What is near comes first. */
const BEFORE_CHATS: readonly CommandGroup[] = ["message", "chat"];
const AFTER_CHATS: readonly CommandGroup[] = ["list", "composer", "navigation", "settings", "help"];

interface PaletteProps {
  readonly onRun: (run: () => void) => void;
  readonly onClose: () => void;
  /** The chats that match the text. */
  readonly renderChats: (text: string) => ReactElement;
}

export function Palette({ onRun, onClose, renderChats }: PaletteProps) {
  const [text, setText] = useState("");
  const commands = useCommands().filter(({ isListed }) => isListed !== false);
  const closeByKey = (event: KeyboardEvent) => {
    if (nameOf(event.nativeEvent) !== "Ctrl+k") return;
    event.preventDefault();
    onClose();
  };
  const groups = (names: readonly CommandGroup[]) =>
    names.map((name) => <Group key={name} name={name} commands={commands.filter(({ group }) => group === name)} onRun={onRun} />);
  return (
    <PaletteBox
      label={t("commands.palette.label")}
      placeholder={t("commands.palette.placeholder")}
      text={text}
      onChange={setText}
      filter={rank}
      empty={t("commands.palette.empty", { text: isolate(text.trim()) })}
      onKeyDown={closeByKey}
      onClose={onClose}
    >
      {groups(BEFORE_CHATS)}
      {renderChats(text)}
      {groups(AFTER_CHATS)}
    </PaletteBox>
  );
}

interface GroupProps {
  readonly name: CommandGroup;
  readonly commands: readonly Command[];
  readonly onRun: (run: () => void) => void;
}

function Group({ name, commands, onRun }: GroupProps) {
  const [hasCharacterKeys] = useCharacterKeys();
  const heading = t(`commands.group.${name}`);
  if (commands.length === 0) return null;
  const keysOf = ({ keys }: Command) => keys?.find((key) => hasCharacterKeys || !isCharacter(key.split(" ", 1)[0] ?? ""));
  return (
    <PaletteGroup heading={heading}>
      {commands.map((command) => {
        const keys = keysOf(command);
        return (
          <PaletteItem
            key={command.id}
            value={command.id}
            keywords={[command.label, heading]}
            face={<Icon name={iconOf(command.id)} size={18} />}
            label={command.label}
            keys={keys === undefined ? undefined : printKeys(keys)}
            onSelect={() => onRun(command.run)}
          />
        );
      })}
    </PaletteGroup>
  );
}
