/** Plans what is written in the composer, and empties the draft; the toast offers to take it back. */
import { useQueryClient } from "@tanstack/react-query";
import { useToasts } from "@/components/Toast";
import { useInbox } from "@/features/inbox/context";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { makeClientId } from "@/lib/ids";
import { formatExact } from "@/lib/time";
import type { Plan } from "./PlanDialog";

export function usePlan(accountId: number, chatId: number, quoteId: number | null, onProblem: (sentence: string) => void) {
  const api = useApi();
  const client = useQueryClient();
  const toasts = useToasts();
  const { drafts } = useInbox();
  return ({ text, at, cancels }: Plan) => {
    const draft = drafts.read(chatId);
    const restore = () => drafts.change(chatId, draft);
    drafts.drop(chatId);
    const body = { text, send_at: at.toISOString(), quote_id: quoteId, client_id: makeClientId(), cancel_if_contact_writes: cancels };
    const renew = () => client.invalidateQueries({ queryKey: ["planned", accountId, chatId] });
    const fail = (error: unknown) => onProblem(describeError(error));
    api.planMessage(accountId, chatId, body).then(
      (planned) => {
        const run = () => void api.cancelPlanned(planned).then(restore, fail).finally(() => void renew());
        toasts.show({ text: t("planned.done", { time: formatExact(planned.send_at) }), action: { label: t("app.undo"), run } });
        void renew();
      },
      (error: unknown) => {
        restore();
        fail(error);
      },
    );
  };
}
