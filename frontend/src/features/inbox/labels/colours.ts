/** The colours that a label can have. */
import type { MessageId } from "@/i18n/ids";
import type { LabelColour } from "@/types/wire";

export const COLOUR_NAMES: Readonly<Record<LabelColour, MessageId>> = {
  grey: "labels.colour.grey",
  red: "labels.colour.red",
  orange: "labels.colour.orange",
  yellow: "labels.colour.yellow",
  green: "labels.colour.green",
  teal: "labels.colour.teal",
  blue: "labels.colour.blue",
  violet: "labels.colour.violet",
  pink: "labels.colour.pink",
};

export const COLOURS = Object.keys(COLOUR_NAMES) as readonly LabelColour[];

/** A colour for one more label, so that neighbours differ. */
export const nextColour = (count: number): LabelColour => COLOURS[1 + (count % (COLOURS.length - 1))] ?? "blue";
