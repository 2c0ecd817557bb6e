/** What can be done with a planned message, in its thread and in the list of all. */
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useMe } from "@/lib/rights";
import type { PlannedMessage } from "@/types/wire";
import type { Plan } from "./PlanDialog";

/** Only its author changes a planned message. */
export function useIsOwn(): (planned: PlannedMessage) => boolean {
  const me = useMe().data?.user.id;
  return ({ author }) => author.kind === "user" && author.id === me;
}

interface Outcome {
  readonly onProblem: (sentence: string) => void;
  /** Called after each request, also one that failed. */
  readonly onSettled: () => void;
}

export function usePlannedActions({ onProblem, onSettled }: Outcome) {
  const api = useApi();
  const toasts = useToasts();
  const isOwn = useIsOwn();
  const run = async (request: Promise<PlannedMessage>, onDone?: () => void) => {
    try {
      await request;
      onDone?.();
    } catch (error) {
      onProblem(describeError(error));
    } finally {
      onSettled();
    }
  };
  /** It waits again if it is one's own, and its time has not come meanwhile. */
  const noteRemoved = (one: PlannedMessage) => {
    const canWait = one.state === "planned" && isOwn(one);
    const undo = () => void run(api.changePlanned(one, { send_at: one.send_at }));
    toasts.show({ text: t("planned.deleted"), ...(canWait && { action: { label: t("app.undo"), run: undo } }) });
  };
  return {
    sendNow: (one: PlannedMessage, onDone?: () => void) => void run(api.sendPlannedNow(one), onDone),
    remove: (one: PlannedMessage) => void run(api.cancelPlanned(one), () => noteRemoved(one)),
    change: (one: PlannedMessage, { text, at, cancels }: Plan) =>
      void run(api.changePlanned(one, { text, send_at: at.toISOString(), cancel_if_contact_writes: cancels })),
  };
}
