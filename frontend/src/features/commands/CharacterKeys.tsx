/** The switch of the single-key shortcuts (WCAG 2.1.4). */
import { CheckBox } from "@/components/CheckBox";
import { t } from "@/i18n/translate";
import { useCharacterKeys } from "@/lib/commands/context";

export function CharacterKeys() {
  const [isOn, change] = useCharacterKeys();
  return (
    <CheckBox checked={isOn} onChange={(event) => change(event.target.checked)} detail={t("commands.keys.singleDetail")} data-testid="character-keys">
      {t("commands.keys.single")}
    </CheckBox>
  );
}
