/** Answers the app's first requests from one bootstrap answer, each once; everything else goes to the server. */
import type { Bootstrap } from "@/types/wire";
import type { Send } from "./client";
import { takeEarlyFirst } from "./early";

/** How many chats a page has: a list that asks for as many is answered from here. */
export const CHAT_PAGE = 40;
/** What was not asked for by then may be old. The feed replays what changed until then. */
const FRESH_MS = 30_000;
const CHANNEL = "/api/channels/whatsapp";
/** Requests that wait for the bootstrap answer. */
const FIRST = /^\/api\/(?:auth\/me$|entitlements$|channels\/whatsapp\/(?:accounts\?|unread$|counts$|\d+\/chats\?))/;

type Answers = Map<string, unknown>;

/** What each part's own route would answer, by its address. */
export function answersOf({ me, entitlements, accounts, unread, counts, chats }: Bootstrap, filter: string | null): Answers {
  const answers: Answers = new Map<string, unknown>([
    ["/api/auth/me", me],
    [`${CHANNEL}/accounts?limit=100`, accounts],
  ]);
  // Without accounts the app does not ask for these yet, and would be answered from here when there is one.
  if (accounts.items.length > 0) answers.set(`${CHANNEL}/unread`, unread).set(`${CHANNEL}/counts`, counts);
  if (entitlements !== null) answers.set("/api/entitlements", entitlements);
  for (const { account_id, pinned, ...page } of chats) {
    const path = `${CHANNEL}/${account_id}/chats?limit=${CHAT_PAGE}`;
    answers.set(filter === null ? path : `${path}&filter=${filter}`, page);
    answers.set(`${path}&filter=pinned`, pinned);
  }
  return answers;
}

async function askFirst(signed: Send, userId: number): Promise<Answers> {
  const early = await takeEarlyFirst();
  const ask = () => signed<Bootstrap>(`/api/bootstrap?limit=${CHAT_PAGE}`).catch(() => null);
  const first = early === null ? await ask() : early.first;
  // Another tab may have signed in as another user meanwhile.
  if (first?.me.user.id !== userId) return new Map();
  return answersOf(first, early === null ? null : early.filter);
}

/** A `send` for this user's first requests. */
export function withFirst(signed: Send, userId: number): Send {
  const startedAt = performance.now();
  let answers: Promise<Answers> | null = null;
  async function take(path: string): Promise<unknown> {
    answers ??= askFirst(signed, userId);
    const known = await answers;
    const answer = known.get(path);
    known.delete(path);
    return answer;
  }
  return async <T>(path: string, request: Parameters<Send>[1] = {}): Promise<T> => {
    const isFirst = request.method === undefined && FIRST.test(path) && performance.now() - startedAt < FRESH_MS;
    const answer = isFirst ? await take(path) : undefined;
    return answer === undefined ? signed<T>(path, request) : (answer as T);
  };
}
