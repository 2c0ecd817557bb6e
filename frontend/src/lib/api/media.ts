/** The addresses of files, which elements load with the media cookie; and why an element could not load one. */
import type { Message } from "@/types/wire";
import type { Send } from "./client";

const MEDIA = "/api/media/whatsapp";

export type MessageRef = Pick<Message, "account_id" | "chat_id" | "id">;

/** `mediaKey` makes an address the user's own in the browser's cache; the bytes of an address never change. */
export function mediaRoutes(signed: Send, mediaKey: string) {
  const keyed = (path: string) => `${MEDIA}/${path}?for=${mediaKey}`;
  return {
    avatarUrl: (accountId: number, avatar: string) => keyed(`${accountId}/avatars/${avatar}`),

    attachmentUrl: ({ account_id, id }: MessageRef, attachmentId: string) =>
      keyed(`${account_id}/messages/${id}/attachments/${encodeURIComponent(attachmentId)}`),

    /** Asks what an element that failed does not say; an expired cookie is renewed with the session. */
    checkMedia: async (url: string) => {
      await signed<Blob>(url, { reads: "blob", headers: { Range: "bytes=0-0" } });
    },
  };
}
