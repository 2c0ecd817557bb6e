/** Sending later from the composer: the menu beside Send, and the dialog for another time. Files cannot be planned. */
import { useState } from "react";
import type { Plan } from "@/features/inbox/planned/PlanDialog";
import { lazyPart } from "@/lib/lazyPart";
import { isBlank } from "@/lib/texts";

const PlanMenu = lazyPart(async () => (await import("@/features/inbox/planned/PlanMenu")).PlanMenu, { isExtra: true });
const PlanDialog = lazyPart(async () => (await import("@/features/inbox/planned/PlanDialog")).PlanDialog);

export function useSendLater(text: string, hasFiles: boolean, onPlan: ((plan: Plan) => void) | undefined) {
  const [proposed, setProposed] = useState<Date | null>(null);
  if (onPlan === undefined || hasFiles || isBlank(text)) return { menu: null, dialog: null };
  const planAt = (at: Date): Plan => ({ text: text.trim(), at, cancels: true });
  return {
    menu: <PlanMenu onChoose={(at) => onPlan(planAt(at))} onOwn={setProposed} />,
    // Outside the form of the message: submitting it must not send.
    dialog: proposed !== null && <PlanDialog plan={planAt(proposed)} isNew onPlan={onPlan} onClose={() => setProposed(null)} />,
  };
}
