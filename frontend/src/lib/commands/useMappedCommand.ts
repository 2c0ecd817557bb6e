/** Offers an action of the key map. */
import { t } from "@/i18n/translate";
import { useCommand } from "./context";
import { KEY_MAP, type MappedId } from "./map";

interface MappedOptions {
  /** What it does now, if the map's label names two directions. */
  readonly label?: string;
  readonly isEnabled?: boolean;
}

/** While the component is mounted. */
export function useMappedCommand(id: MappedId, run: () => void, { label, isEnabled = true }: MappedOptions = {}): void {
  const { group, keys, label: name, isListed = true } = KEY_MAP[id];
  useCommand({ id, group, keys, label: label ?? t(name), isListed, isEnabled, run });
}
