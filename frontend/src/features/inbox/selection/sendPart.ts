/** Sends a change of many chats: after the earlier changes of each of them, with the states that those led to. */
import type { Api } from "@/lib/api/routes";
import type { ChangedChats } from "@/types/wire";
import type { InboxStore } from "@/features/inbox/data/store";
import type { BulkAction } from "./bulkActions";
import { followStates, noteStates, type BulkPart } from "./bulkRequests";

export interface BulkDeps {
  readonly api: Pick<Api, "changeChats">;
  readonly store: Pick<InboxStore, "changeChats" | "ownStates">;
}

/** The rows show the change until the answer. */
export async function sendPart({ api, store }: BulkDeps, { accountId, chats, body }: BulkPart, changeOf: BulkAction["changeOf"]): Promise<ChangedChats> {
  let answer: ChangedChats = { changed: [], unchanged: [], skipped: [] };
  await store.changeChats(new Map(chats.map((chat) => [chat.id, changeOf(chat).change])), async () => {
    const sent = followStates(body, store.ownStates);
    answer = await api.changeChats(accountId, sent);
    noteStates(answer, sent, store.ownStates);
    return answer.changed;
  });
  return answer;
}
