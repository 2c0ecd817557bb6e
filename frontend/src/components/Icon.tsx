/** The icons: Lucide's, under the names that the app uses. */
import { pathOf, type IconName } from "@/lib/icons";
import styles from "./icon.module.css";

export type { IconName };

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className={styles.icon} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={pathOf(name)} />
    </svg>
  );
}
