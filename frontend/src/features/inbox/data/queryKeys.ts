/** The first parts of the query cache's keys; account and chat follow. */

export const CHATS_KEY = "chats";
export const CHAT_KEY = "chat";
export const MESSAGES_KEY = "messages";
