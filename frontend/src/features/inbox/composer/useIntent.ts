/** What the composer of a chat is used for, when it is not a new message: a part of the chat's draft. */
import { useCallback, useMemo } from "react";
import { useInbox } from "@/features/inbox/context";
import type { Intent } from "@/features/inbox/thread/bubble/intent";
import { useDraft } from "./drafts/useDraft";

/** Null leaves what is being done: an edit first, else the reply. */
export type SetIntent = (intent: Intent | null) => void;

export function useIntent(accountId: number, chatId: number): readonly [Intent | null, SetIntent] {
  const { drafts } = useInbox();
  const { quoted, edit } = useDraft(chatId);
  const intent = useMemo((): Intent | null => {
    if (edit !== null) return { kind: "edit", message: edit.message };
    return quoted === null ? null : { kind: "reply", message: quoted };
  }, [quoted, edit]);
  const setIntent = useCallback<SetIntent>(
    (next) => {
      if (next === null) drafts.change(chatId, drafts.read(chatId).edit === null ? { quoted: null } : { edit: null });
      else if (next.kind === "reply") drafts.change(chatId, { accountId, quoted: next.message, edit: null });
      else drafts.change(chatId, { accountId, edit: { message: next.message, text: next.message.body ?? "" } });
    },
    [drafts, accountId, chatId],
  );
  return [intent, setIntent];
}
