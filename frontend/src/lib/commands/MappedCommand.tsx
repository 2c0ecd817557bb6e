/** An action of the key map, as a component: offered while it is on the page. */
import type { MappedId } from "./map";
import { useMappedCommand } from "./useMappedCommand";

interface MappedCommandProps {
  readonly id: MappedId;
  readonly onRun: () => void;
}

export function MappedCommand({ id, onRun }: MappedCommandProps) {
  useMappedCommand(id, onRun);
  return null;
}
