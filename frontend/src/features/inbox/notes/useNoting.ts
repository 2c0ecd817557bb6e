/** Whether a note is being written in the open chat, and the changes of notes: shown at once, and undone if refused. */
import { useMemo, useState } from "react";
import { useToasts } from "@/components/Toast";
import { useInbox } from "@/features/inbox/context";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { TakenBackError, waitUndoable } from "@/lib/undoable";
import type { Note } from "@/types/wire";
import { describeNoteError } from "./noteErrors";
import type { Named } from "./noteText";

/** For this long its author can edit a note; the server decides. */
const EDITABLE_MS = 15 * 60_000;

export const isWrittenBy = ({ author }: Note, userId: number | undefined): boolean => author.kind === "user" && author.id === userId;

export const isEditable = (note: Note, userId: number | undefined, now = Date.now()): boolean =>
  note.deleted_at === null && isWrittenBy(note, userId) && now - new Date(note.created_at).getTime() < EDITABLE_MS;

interface Mode {
  readonly chatId: number;
  readonly editing: Note | null;
}

export function useNoting(chatId: number, report: (sentence: string) => void) {
  const api = useApi();
  const toasts = useToasts();
  const { notes } = useInbox();
  // Only for the moment: another chat begins with a reply.
  const [mode, setMode] = useState<Mode | null>(null);
  const current = mode?.chatId === chatId ? mode : null;
  const actions = useMemo(
    () => ({
      open: () => setMode({ chatId, editing: null }),
      edit: (note: Note) => setMode({ chatId, editing: note }),
      close: () => setMode(null),
      change: (note: Note, text: string, mentions: readonly Named[], grant?: "agent" | "viewer") => {
        const guess: Note = { ...note, body: text, mentions: [...mentions], edited_at: new Date().toISOString() };
        const request = () => api.editNote(note, { text, mentions: mentions.map(({ id }) => id), grant });
        notes.amend(guess, request).catch((error: unknown) => report(describeNoteError(error)));
      },
      remove: (note: Note) => {
        const { passed, takeBack } = waitUndoable();
        const withdraw = toasts.show({ text: t("notes.deleted.done"), action: { label: t("app.undo"), run: takeBack } });
        const guess: Note = { ...note, body: "", mentions: [], deleted_at: new Date().toISOString() };
        const request = () => passed.then(withdraw).then(() => api.deleteNote(note));
        notes.amend(guess, request).catch((error: unknown) => {
          if (!(error instanceof TakenBackError)) report(describeNoteError(error));
        });
      },
    }),
    [api, toasts, notes, report, chatId],
  );
  return { isOpen: current !== null, editing: current?.editing ?? null, ...actions };
}
