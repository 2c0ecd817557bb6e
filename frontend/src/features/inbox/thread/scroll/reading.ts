/** Reading: what of the open chat was on the screen is marked as read; where reading began is marked by a line. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useApi } from "@/lib/api/context";
import { retryPassing } from "@/lib/api/errors";
import type { Chat, LateMessage } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import type { UnreadLine } from "./threadRows";
import { findSeen, NOTHING_SEEN } from "./seen";
import { addShown, findProgress, findUnread, Loaded, NOTHING_SHOWN, type Progress, type Shown } from "./unread";
import type { useMessages } from "@/features/inbox/thread/list/useMessages";

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

/** `seen` is the `arrived_seq` up to which everything was shown; later messages stay unread, however late the request arrives. */
function useMarkRead(chat: Chat | undefined, seen: number | null, hasFocus: boolean): void {
  const api = useApi();
  const { store } = useInbox();
  const { mutate } = useMutation({
    mutationFn: ({ chat: row, seen: seenSeq }: ReadMark) => api.patchChat(row, { read: true, read_seq: seenSeq }),
    onSuccess: (row) => store.applyChat(row),
    // Right after a reconnect a request may still fail. It is retried soon, because the unread count alone would not trigger it again.
    // On a bad connection this may take a while. A chat that is gone, or no longer the user's, is not asked again.
    retry: retryPassing(40),
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

/** The line above what was unread when the chat was opened; it stays until the chat is left. */
function useUnreadLine(bubbles: readonly Bubble[] | null, chat: Chat | undefined): UnreadLine | null {
  const [line, setLine] = useState<UnreadLine | null | undefined>(undefined);
  if (line !== undefined || bubbles === null || chat === undefined) return line ?? null;
  const { recent } = chat.unread_count === 0 ? { recent: [] } : findUnread(bubbles, chat.read_seq);
  const first = recent[0];
  const found = first === undefined ? null : { key: first.key, count: recent.length };
  setLine(found);
  return found;
}

type Messages = ReturnType<typeof useMessages>;

const NOTHING: Progress = { mark: null, below: 0, late: [] };
const isSame = <T extends object>(one: T, other: T): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Late messages older than what is loaded: those the first page named, and those that came in since. */
function useOlder({ data, early }: Messages): readonly LateMessage[] {
  const [named, setNamed] = useState<readonly LateMessage[]>([]);
  const first = data?.pages.find(({ late }) => late !== undefined)?.late;
  if (first !== undefined && first.length > 0 && named.length === 0) setNamed(first);
  return useMemo(() => [...named, ...early.map(({ id, arrived_seq }) => ({ id, arrived_seq }))], [named, early]);
}

/** Follows what is shown while the user looks at it. */
function useShown(messages: Messages, readSeq: number, hasFocus: boolean) {
  const { bubbles } = messages;
  const older = useOlder(messages);
  const loaded = useMemo(() => new Loaded(bubbles ?? [], readSeq, older), [bubbles, readSeq, older]);
  const [progress, setProgress] = useState(NOTHING);
  const [seen, setSeen] = useState(NOTHING_SEEN);
  const shown = useRef<Shown>(NOTHING_SHOWN);
  const view = useRef<readonly [string | null, string | null]>([null, null]);
  const note = () => {
    if (hasAttention()) shown.current = addShown(shown.current, loaded, ...view.current);
    const next = findProgress(loaded, shown.current);
    setProgress((before) => (isSame(before, next) ? before : next));
    const nextSeen = findSeen(loaded, shown.current);
    setSeen((before) => (isSame(before, nextSeen) ? before : nextSeen));
  };
  const noteChange = useEffectEvent(note);
  useEffect(() => noteChange(), [loaded, hasFocus]);
  const onView = (first: string | null, last: string | null) => {
    view.current = [first, last];
    note();
  };
  return { progress, seen, onView };
}

/** Marks the chat as read as far as it was shown; viewers leave it unread for those who answer. */
export function useReading(messages: Messages, chat: Chat | undefined, maySend: boolean) {
  const hasFocus = useSyncExternalStore(subscribeAttention, hasAttention);
  const { progress, seen, onView } = useShown(messages, chat?.read_seq ?? 0, hasFocus);
  const line = useUnreadLine(messages.bubbles, chat);
  // Without any message from the contact there is nothing to see: a chat that was marked unread is read once it is open.
  const isEmpty = messages.bubbles !== null && !messages.bubbles.some(({ message }) => message?.direction === "in");
  const mark = isEmpty ? (chat?.seq ?? null) : progress.mark;
  useMarkRead(maySend ? chat : undefined, mark, hasFocus);
  return { ...progress, mark, seen, line, onView };
}
