/** Takes what was erased out of the pages that were read before. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Message, Window } from "@/types/wire";
import type { ChatPage } from "./chatPages";
import type { Gone } from "./gone";
import { CHATS_KEY, MESSAGES_KEY } from "./queries";

export function dropErased(client: QueryClient, gone: Gone): void {
  client.setQueriesData<InfiniteData<Window<Message>>>({ queryKey: [MESSAGES_KEY] }, (held) =>
    held && { ...held, pages: held.pages.map((page) => ({ ...page, items: page.items.filter((row) => !gone.hasMessage(row)) })) },
  );
  client.setQueriesData<InfiniteData<ChatPage>>({ queryKey: [CHATS_KEY] }, (held) =>
    held && { ...held, pages: held.pages.map((page) => ({ ...page, chats: page.chats.filter((row) => !gone.hasChat(row)) })) },
  );
}
