/** One line of the command palette. */
import { Command } from "cmdk";
import type { ReactElement } from "react";
import { Keys } from "@/components/Keys";
import styles from "./palette-item.module.css";

interface PaletteItemProps {
  /** Unique in the palette. */
  readonly value: string;
  /** What the typed text is compared with. */
  readonly keywords: readonly string[];
  /** An icon or a picture. */
  readonly face: ReactElement;
  readonly label: string;
  /** A name or a number: not to be translated. */
  readonly isExact?: boolean;
  readonly detail?: string | undefined;
  /** Separated by spaces: "Ctrl K". */
  readonly keys?: string | undefined;
  readonly onSelect: () => void;
}

export function PaletteItem({ value, keywords, face, label, isExact = false, detail, keys, onSelect }: PaletteItemProps) {
  return (
    <Command.Item className={styles.item} value={value} keywords={[...keywords]} onSelect={onSelect} data-testid="palette-item" data-command={value}>
      <span className={styles.face}>{face}</span>
      <span className={styles.label} translate={isExact ? "no" : undefined}>
        <bdi>{label}</bdi>
      </span>
      {detail !== undefined && <span className={styles.detail} translate="no">{detail}</span>}
      {keys !== undefined && <Keys keys={keys} />}
    </Command.Item>
  );
}

interface PaletteGroupProps {
  readonly heading: string;
  readonly children: ReactElement | readonly ReactElement[];
}

export function PaletteGroup({ heading, children }: PaletteGroupProps) {
  return (
    <Command.Group className={styles.group} heading={heading}>
      {children}
    </Command.Group>
  );
}
