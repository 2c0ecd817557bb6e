/** What the menu of a row offers besides its actions: its labels, and to select it. */
import { MenuItem, MenuLine } from "@/components/Menu";
import { t } from "@/i18n/translate";
import type { Chat } from "@/types/wire";
import { useOrganising } from "./selectionContext";

export function OrganiseItems({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const organising = useOrganising();
  if (organising === null) return null;
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <>
      <MenuLine />
      <MenuItem icon="label" keys="L" onSelect={choose(() => organising.pickLabels([chat]))} testId="chat-label">
        {t("selection.label")}
      </MenuItem>
      <MenuItem icon="check" keys="X" onSelect={choose(() => organising.selection.toggle(chat))} testId="chat-select">
        {t("selection.select")}
      </MenuItem>
    </>
  );
}
