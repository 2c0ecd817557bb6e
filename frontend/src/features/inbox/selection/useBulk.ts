/** Changes many chats at once: shown immediately, one toast with one undo, and what was skipped is said. */
import { useCallback } from "react";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Chat } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import type { BulkAction } from "./bulkActions";
import { partsOf, undoOf } from "./bulkRequests";
import { sendPart } from "./sendPart";

type ChangeOf = BulkAction["changeOf"];

/** What became of the chats: the changed rows, and how many were left as they were. */
interface Outcome {
  readonly changed: readonly Chat[];
  readonly skipped: number;
  /** How many because a category is asked for; these are not in `skipped`. */
  readonly uncategorised: number;
}

function useChange() {
  const api = useApi();
  const { store } = useInbox();
  return useCallback(
    async (chats: readonly Chat[], changeOf: ChangeOf): Promise<Outcome> => {
      const parts = partsOf(chats, (chat) => changeOf(chat).request);
      const answers = await Promise.all(parts.map((part) => sendPart({ api, store }, part, changeOf)));
      const skipped = answers.flatMap((answer) => answer.skipped);
      const uncategorised = skipped.filter(({ code }) => code === "category_required").length;
      return { changed: answers.flatMap((answer) => answer.changed), skipped: skipped.length - uncategorised, uncategorised };
    },
    [api, store],
  );
}

export type RunBulk = (chats: readonly Chat[], action: BulkAction) => void;

export function useBulk(): RunBulk {
  const change = useChange();
  const toasts = useToasts();
  return (chats, action) => {
    const [first] = chats;
    if (first === undefined) return;
    const before = new Map(chats.map((chat) => [chat.id, chat]));
    const report = ({ skipped, uncategorised }: Outcome) => {
      if (uncategorised > 0) toasts.show({ text: t("selection.needCategory", { count: uncategorised }) });
      if (skipped > 0) toasts.show({ text: t("selection.skipped", { count: skipped }) });
    };
    const fail = (error: unknown) => void toasts.show({ text: describeError(error) });
    const done = change(chats, action.changeOf);
    const undo = () => void done.then(({ changed }) => change(changed, undoOf(action, before))).then(report).catch(fail);
    const withdraw = toasts.show({ text: t(action.text(first), { count: chats.length }), action: { label: t("app.undo"), run: undo } });
    done.then(report, (error: unknown) => {
      withdraw();
      fail(error);
    });
  };
}
