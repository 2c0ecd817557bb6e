/** What the menu of the open chat offers for status and owner. */
import { MenuItem, MenuLine } from "@/components/Menu";
import { t } from "@/i18n/translate";
import { printKeys } from "@/lib/commands/describe";
import { KEY_MAP } from "@/lib/commands/map";
import type { Chat } from "@/types/wire";
import { MacroMenuItem } from "@/features/inbox/macros/MacroMenuItem";
import { useStatusActions, type StatusQuestion } from "./statusContext";

interface StatusMenuItemsProps {
  readonly chat: Chat;
  readonly onChoose: () => void;
}

export function StatusMenuItems({ chat, onChoose }: StatusMenuItemsProps) {
  const { ask } = useStatusActions();
  const choose = (kind: Exclude<StatusQuestion["kind"], "changed">) => () => {
    onChoose();
    ask({ kind, chat });
  };
  if (chat.kind === "channel") return null;
  return (
    <>
      <MenuItem icon="assign" keys="A" onSelect={choose("assign")} testId="menu-assign">{t("commands.name.assign")}</MenuItem>
      <MenuItem icon="snooze" keys="H" onSelect={choose("snooze")} testId="menu-snooze">{t("commands.name.snooze")}</MenuItem>
      {chat.status !== "closed" && <MenuItem icon="done" keys={printKeys(KEY_MAP["chat.category"].keys[0] ?? "")} onSelect={choose("category")} testId="menu-category">{t("commands.name.category")}</MenuItem>}
      <MacroMenuItem onChoose={onChoose} />
      <MenuLine />
    </>
  );
}
