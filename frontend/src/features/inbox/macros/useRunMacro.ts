/** Runs a macro in a chat, and says what came of it. The changes arrive as those of any other user do. */
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { ApiError, describeError } from "@/lib/api/errors";
import { makeClientId } from "@/lib/ids";
import { isolate } from "@/lib/texts";
import type { Chat, Macro, RuleAction } from "@/types/wire";

/** Which action was denied; null if it was not one. */
function findAction(error: unknown): RuleAction["kind"] | null {
  const action = error instanceof ApiError ? (error.details.action as { readonly kind?: RuleAction["kind"] } | undefined) : undefined;
  return action?.kind ?? null;
}

export function describeDenial(error: unknown): string {
  const kind = findAction(error);
  const reason = describeError(error);
  return kind === null ? reason : t("macros.denied", { action: t(`rules.action.${kind}`), reason });
}

export function useRunMacro(): (chat: Chat, macro: Macro) => void {
  const api = useApi();
  const toasts = useToasts();
  return (chat, macro) => {
    const name = isolate(macro.name);
    void api.runMacro(chat, macro.id, makeClientId()).then(
      () => toasts.show({ text: t("macros.ran", { name }) }),
      (error: unknown) => toasts.show({ text: describeDenial(error) }),
    );
  };
}
