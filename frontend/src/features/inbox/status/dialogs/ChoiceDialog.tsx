/** The dialog that chooses an owner, the end of a snooze, or a category. */
import { AssignDialog } from "./AssignDialog";
import { CategoryDialog } from "./CategoryDialog";
import { SnoozeDialog } from "./SnoozeDialog";
import type { ChoiceProps } from "./choice";

const DIALOGS = { assign: AssignDialog, snooze: SnoozeDialog, category: CategoryDialog } as const;

export type ChoiceKind = keyof typeof DIALOGS;

export function ChoiceDialog({ kind, ...props }: ChoiceProps & { readonly kind: ChoiceKind }) {
  const Chosen = DIALOGS[kind];
  return <Chosen {...props} />;
}
