/** Marks a chat as read while the user is looking at it. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { useApi } from "@/lib/api/context";
import type { Chat } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";

function subscribeAttention(notify: () => void): () => void {
  window.addEventListener("focus", notify);
  window.addEventListener("blur", notify);
  document.addEventListener("visibilitychange", notify);
  return () => {
    window.removeEventListener("focus", notify);
    window.removeEventListener("blur", notify);
    document.removeEventListener("visibilitychange", notify);
  };
}

const hasAttention = () => document.visibilityState === "visible" && document.hasFocus();

interface ReadMark {
  readonly chat: Chat;
  readonly seen: number;
}

/** `seen` is the newest `arrived_seq` on the screen; later messages stay unread, however late the request arrives. */
export function useMarkRead(chat: Chat | undefined, seen: number | null): void {
  const api = useApi();
  const { store } = useInbox();
  const hasFocus = useSyncExternalStore(subscribeAttention, hasAttention);
  const { mutate } = useMutation({
    mutationFn: ({ chat: row, seen: seenSeq }: ReadMark) => api.patchChat(row, { read: true, read_seq: seenSeq }),
    onSuccess: (row) => store.applyChat(row),
    // Right after a reconnect a request may still fail. It is retried soon, because the unread count alone would not trigger it again.
    // On a bad connection this may take a while.
    retry: 40,
    retryDelay: (failures) => (failures < 10 ? 500 : 2000),
    networkMode: "always",
  });
  const markRead = useEffectEvent(() => {
    if (chat !== undefined && seen !== null) mutate({ chat, seen });
  });
  const id = chat?.id;
  const unread = chat?.unread_count ?? 0;
  useEffect(() => {
    if (hasFocus && id !== undefined && unread > 0) markRead();
  }, [hasFocus, id, unread, seen]);
}
