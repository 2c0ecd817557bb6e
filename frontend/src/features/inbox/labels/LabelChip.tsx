/** Labels as small coloured chips. */
import type { ReactElement } from "react";
import { classes } from "@/components/classes";
import { Exact } from "@/components/Text";
import type { Chat, Label, LabelColour } from "@/types/wire";
import { labelsOf, useLabels } from "./labelsContext";
import styles from "./label-chip.module.css";

/** In a row; the others are only counted. */
const IN_ROW = 2;

interface LabelChipProps {
  readonly label: Pick<Label, "name" | "colour">;
  readonly children?: ReactElement | false;
}

export function LabelChip({ label, children }: LabelChipProps) {
  return (
    <span className={classes(styles.chip, styles[label.colour])} title={label.name} translate="no" data-testid="label-chip">
      <bdi>{label.name}</bdi>
      {children}
    </span>
  );
}

export function ColourDot({ colour }: { readonly colour: LabelColour }) {
  return <span className={classes(styles.dot, styles[colour])} aria-hidden="true" />;
}

/** The first labels of a chat, and how many more it has. */
export function ChatLabels({ chat, atMost = IN_ROW }: { readonly chat: Pick<Chat, "id" | "labels">; readonly atMost?: number }) {
  const labels = labelsOf(useLabels(), chat);
  if (labels.length === 0) return null;
  const rest = labels.slice(atMost);
  return (
    <span className={styles.chips} data-testid="chat-labels">
      {labels.slice(0, atMost).map((label) => (
        <LabelChip key={label.id} label={label} />
      ))}
      {rest.length > 0 && (
        <span className={styles.rest} title={rest.map(({ name }) => name).join(", ")}>
          <Exact>{`+${rest.length}`}</Exact>
        </span>
      )}
    </span>
  );
}
