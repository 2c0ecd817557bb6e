/** Finds the next chat with unread messages. */
import type { Chat } from "@/types/wire";

const isWaiting = (chat: Chat): boolean => chat.unread_count > 0 && !chat.archived;

/** The first below the current chat, else the first from the top; never the current one. */
export function nextUnread(chats: readonly Chat[], currentId: number | null): Chat | undefined {
  const place = chats.findIndex(({ id }) => id === currentId);
  const others = [...chats.slice(place + 1), ...chats.slice(0, Math.max(0, place))];
  return others.find(isWaiting);
}
