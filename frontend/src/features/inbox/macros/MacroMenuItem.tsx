/** The item of the chat's menu that lists the macros; none where there are none. */
import { MenuItem } from "@/components/Menu";
import { t } from "@/i18n/translate";
import { useCommandRegistry, useCommands } from "@/lib/commands/context";
import { printKeys } from "@/lib/commands/describe";
import { KEY_MAP } from "@/lib/commands/map";

export function MacroMenuItem({ onChoose }: { readonly onChoose: () => void }) {
  const registry = useCommandRegistry();
  const isOffered = useCommands().some(({ id }) => id === "chat.macro");
  if (!isOffered) return null;
  const choose = () => {
    onChoose();
    registry.run("chat.macro");
  };
  return <MenuItem icon="automatic" keys={printKeys(KEY_MAP["chat.macro"].keys[0] ?? "")} onSelect={choose} testId="menu-macro">{t("commands.name.macro")}</MenuItem>;
}
