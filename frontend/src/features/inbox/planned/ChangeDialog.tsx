/** Changes a planned message of one's own. */
import type { PlannedMessage } from "@/types/wire";
import { PlanDialog, type Plan } from "./PlanDialog";

interface ChangeDialogProps {
  readonly planned: PlannedMessage;
  readonly onChange: (planned: PlannedMessage, plan: Plan) => void;
  readonly onClose: () => void;
}

export function ChangeDialog({ planned, onChange, onClose }: ChangeDialogProps) {
  const plan = { text: planned.text ?? "", at: new Date(planned.send_at), cancels: planned.cancel_if_contact_writes };
  return <PlanDialog plan={plan} isNew={false} onPlan={(changed) => onChange(planned, changed)} onClose={onClose} />;
}
