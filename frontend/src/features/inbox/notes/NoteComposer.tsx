/** Writes a new note, whose text is part of the chat's draft, or changes one. */
import { useState, type ReactElement } from "react";
import { useDraft } from "@/features/inbox/composer/drafts/useDraft";
import { useWaitForOutbox } from "@/features/inbox/composer/drafts/useWaitForOutbox";
import { useInbox } from "@/features/inbox/context";
import { useThread } from "@/features/inbox/thread/threadContext";
import { makeClientId } from "@/lib/ids";
import type { Note } from "@/types/wire";
import { NoteForm, type NoteDraft, type NoteResult } from "./NoteForm";

const EMPTY: NoteDraft = { text: "", mentions: [] };

export function NoteComposer({ modes }: { readonly modes: ReactElement | false }) {
  const { noting } = useThread();
  const { editing } = noting;
  return editing === null ? <NewNote modes={modes} /> : <ChangedNote key={editing.id} note={editing} />;
}

function NewNote({ modes }: { readonly modes: ReactElement | false }) {
  const { account, chatId, noting, toNewest } = useThread();
  const { drafts, notes } = useInbox();
  const { note } = useDraft(chatId);
  const change = (draft: NoteDraft) => drafts.change(chatId, { accountId: account.id, note: draft.text === "" ? null : draft });
  const waitForOutbox = useWaitForOutbox(notes.outbox, () => drafts.read(chatId).note?.text);
  const save = async ({ text, mentions, grant }: NoteResult) => {
    if (!notes.outbox.isAttached && !(await waitForOutbox())) return;
    drafts.change(chatId, { note: null });
    noting.close();
    toNewest();
    const createdAt = new Date().toISOString();
    void notes.outbox.add({ clientId: makeClientId(), accountId: account.id, chatId, text, createdAt, error: null, note: { mentions, grant } });
  };
  return <NoteForm account={account} draft={note ?? EMPTY} isEdit={false} modes={modes} onChange={change} onSubmit={(result) => void save(result)} onClose={noting.close} />;
}

function ChangedNote({ note }: { readonly note: Note }) {
  const { account, noting } = useThread();
  const [draft, setDraft] = useState<NoteDraft>({ text: note.body, mentions: note.mentions });
  const save = ({ text, mentions, grant }: NoteResult) => {
    noting.close();
    noting.change(note, text, mentions, grant);
  };
  return <NoteForm account={account} draft={draft} isEdit onChange={setDraft} onSubmit={save} onClose={noting.close} />;
}
