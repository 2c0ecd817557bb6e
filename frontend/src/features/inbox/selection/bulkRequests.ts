/** Splits a change of many chats into requests: by account, by what is asked, and by the most that one takes. */
import type { ChangeChats, ChangedChats, Chat } from "@/types/wire";
import type { OwnStates } from "@/features/inbox/data/ownStates";
import type { BulkAction, BulkRequest } from "./bulkActions";

/** As many chats as one request takes. */
const MOST = 200;

export interface BulkPart {
  readonly accountId: number;
  readonly chats: readonly Chat[];
  readonly body: ChangeChats;
}

const HAVE_STATES: ReadonlySet<ChangeChats["action"]> = new Set(["assign", "close", "open", "snooze"]);

function bodyOf(request: BulkRequest, chats: readonly Chat[]): ChangeChats {
  const by = (seqOf: (chat: Chat) => number) => Object.fromEntries(chats.map((chat) => [String(chat.id), seqOf(chat)]));
  return {
    ...request,
    chat_ids: chats.map(({ id }) => id),
    ...(HAVE_STATES.has(request.action) ? { state_seqs: by(({ state_seq }) => state_seq) } : {}),
    ...(request.action === "close" || request.action === "read" ? { seen_seqs: by(({ seq }) => seq) } : {}),
  };
}

function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** `requestOf` may differ from chat to chat, as in an undo. */
export function partsOf(chats: readonly Chat[], requestOf: (chat: Chat) => BulkRequest): readonly BulkPart[] {
  return groupBy(chats, (chat) => JSON.stringify([chat.account_id, requestOf(chat)])).flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MOST) }, (_, index) => {
      const part = group.slice(index * MOST, (index + 1) * MOST);
      const [first] = part as [Chat, ...Chat[]];
      return { accountId: first.account_id, chats: part, body: bodyOf(requestOf(first), part) };
    }),
  );
}

/** The states that the chats have by now, where only the user has changed them. */
export function followStates(body: ChangeChats, own: OwnStates): ChangeChats {
  if (body.state_seqs === undefined) return body;
  return { ...body, state_seqs: Object.fromEntries(Object.entries(body.state_seqs).map(([id, seq]) => [id, own.follow(Number(id), seq)])) };
}

export function noteStates(answer: ChangedChats, sent: ChangeChats, own: OwnStates): void {
  for (const { id, state_seq } of answer.changed) {
    const before = sent.state_seqs?.[String(id)];
    if (before !== undefined) own.note(id, before, state_seq);
  }
}

/** What undoes an action, for each of the chats that it changed. */
export const undoOf =
  (action: BulkAction, before: ReadonlyMap<number, Chat>): BulkAction["changeOf"] =>
  (chat) =>
    action.undo(before.get(chat.id) ?? chat, chat);
