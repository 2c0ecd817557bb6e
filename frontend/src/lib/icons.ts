/** The drawings of the icons, by the names of icons.json: those of the first load, and the others with the lazy parts. */
import first from "virtual:icons";
import type NAMES from "./icons.json";
import { LIMITS_MS, withDeadline } from "./limits";

export type IconName = keyof typeof NAMES;

type Paths = Partial<Record<IconName, string>>;

let paths: Paths = first;

/** The data of an icon's path. */
export const pathOf = (name: IconName): string | undefined => paths[name];

/** Before a lazy part is shown. */
export async function loadIcons(): Promise<void> {
  const { default: later } = await withDeadline(LIMITS_MS.chunk, () => import("virtual:icons/later"));
  paths = { ...first, ...later };
}
