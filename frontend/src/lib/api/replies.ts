/** The routes for canned replies. */
import type { CannedReply, ChangedReply, ImportedReplies, NewReply } from "@/types/wire";
import type { Send } from "./client";

interface OneReply {
  readonly reply: CannedReply;
}

export function replyRoutes(signed: Send) {
  return {
    listReplies: async (signal?: AbortSignal) => (await signed<{ items: readonly CannedReply[] }>("/api/replies", { signal })).items,

    createReply: async (body: NewReply) => (await signed<OneReply>("/api/replies", { method: "POST", body })).reply,

    changeReply: async (id: number, body: ChangedReply) => (await signed<OneReply>(`/api/replies/${id}`, { method: "PATCH", body })).reply,

    deleteReply: (id: number) => signed<undefined>(`/api/replies/${id}`, { method: "DELETE" }),

    useReply: (id: number) => signed<undefined>(`/api/replies/${id}/use`, { method: "POST" }),

    addReplyFiles: async (id: number, files: readonly File[]) => {
      const body = new FormData();
      for (const file of files) body.append("attachments", file, file.name);
      return (await signed<OneReply>(`/api/replies/${id}/files`, { method: "POST", body })).reply;
    },

    removeReplyFile: async (id: number, fileId: string) => (await signed<OneReply>(`/api/replies/${id}/files/${fileId}`, { method: "DELETE" })).reply,

    fetchReplyFile: (id: number, fileId: string) => signed<Blob>(`/api/replies/${id}/files/${fileId}`, { reads: "blob" }),

    exportReplies: (format: "json" | "csv") => signed<Blob>(`/api/replies/export?format=${format}`, { reads: "blob" }),

    /** The whole content of a file that was exported, or of a table. */
    importReplies: (body: object) => signed<ImportedReplies>("/api/replies/import", { method: "POST", body }),
  };
}
