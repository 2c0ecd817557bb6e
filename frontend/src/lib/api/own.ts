/** The routes of what belongs to the user: the own feed, drafts, notifications and preferences. */
import type {
  Changes,
  Device,
  NewDevice,
  NotificationList,
  Page,
  PreferenceChanges,
  Preferences,
  SavedDraft,
} from "@/types/wire";
import type { Send } from "./client";

const CHANNEL = "/api/channels/whatsapp";
const CHANGES_LIMIT = 500;

/** A draft as this device has it. */
export interface WrittenDraft {
  readonly text: string;
  readonly quoteId: number | null;
  readonly isShared: boolean;
  readonly writtenAt: number;
}

/** Some by id, those of a chat, or all. */
export type ReadNotifications = { readonly ids: readonly number[] } | { readonly chat_id: number } | { readonly all: true };

export function ownRoutes(signed: Send) {
  return {
    listOwnChanges: (since: number) => signed<Changes>(`/api/me/changes?since=${since}&limit=${CHANGES_LIMIT}`),

    saveDraft: async (accountId: number, chatId: number, { text, quoteId, isShared, writtenAt }: WrittenDraft) => {
      const body = { text, quote_id: quoteId, is_shared: isShared, written_at: new Date(writtenAt).toISOString() };
      const path = `${CHANNEL}/${accountId}/chats/${chatId}/draft`;
      return (await signed<{ draft: SavedDraft }>(path, { method: "PUT", body })).draft;
    },

    listOwnDrafts: (cursor: string | null) =>
      signed<Page<SavedDraft>>(`/api/me/drafts?limit=100${cursor === null ? "" : `&cursor=${cursor}`}`),

    listNotifications: (cursor: string | null) =>
      signed<NotificationList>(`/api/me/notifications?limit=30${cursor === null ? "" : `&cursor=${cursor}`}`),

    readNotifications: (which: ReadNotifications) =>
      signed<{ unread: number }>("/api/me/notifications", { method: "PATCH", body: which }),

    fetchPreferences: async () => (await signed<{ preferences: Preferences }>("/api/me/preferences")).preferences,

    changePreferences: async (body: PreferenceChanges) =>
      (await signed<{ preferences: Preferences }>("/api/me/preferences", { method: "PATCH", body })).preferences,

    listDevices: async () => (await signed<{ items: readonly Device[] }>("/api/me/devices")).items,

    addDevice: async (body: NewDevice) => (await signed<{ device: Device }>("/api/me/devices", { method: "POST", body })).device,

    removeDevice: (id: number) => signed<undefined>(`/api/me/devices/${id}`, { method: "DELETE" }),

    testChannel: (channel: "push" | "mail") => signed<undefined>("/api/me/notifications/test", { method: "POST", body: { channel } }),
  };
}
