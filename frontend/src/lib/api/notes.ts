/** The routes for the notes of a chat. */
import type { Note, Page } from "@/types/wire";
import type { Send } from "./client";

/** What a note says, the users it mentions, and the role that those without access get. */
export interface NoteText {
  readonly text: string;
  readonly mentions: readonly number[];
  readonly grant?: "agent" | "viewer" | undefined;
}

const PAGE = 50;

export function noteRoutes(signed: Send) {
  const pathOf = (accountId: number, chatId: number) => `/api/channels/whatsapp/${accountId}/chats/${chatId}/notes`;
  const noteOf = async (answer: Promise<{ readonly note: Note }>) => (await answer).note;
  return {
    listNotes: (accountId: number, chatId: number, cursor: string | null, signal?: AbortSignal) => {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === null ? {} : { cursor }) });
      return signed<Page<Note>>(`${pathOf(accountId, chatId)}?${query.toString()}`, { signal });
    },

    writeNote: (accountId: number, chatId: number, clientId: string, text: NoteText, signal?: AbortSignal) =>
      noteOf(signed(pathOf(accountId, chatId), { method: "POST", body: { ...text, client_id: clientId }, signal })),

    editNote: ({ account_id, chat_id, id }: Note, text: NoteText) =>
      noteOf(signed(`${pathOf(account_id, chat_id)}/${id}`, { method: "PATCH", body: text })),

    deleteNote: ({ account_id, chat_id, id }: Note) =>
      noteOf(signed(`${pathOf(account_id, chat_id)}/${id}`, { method: "DELETE" })),
  };
}
