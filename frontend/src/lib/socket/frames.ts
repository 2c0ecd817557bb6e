/** The frames of `/ws`: builds outgoing ones and parses incoming ones. */

export const CLOSE = {
  goingAway: 1001,
  policy: 1008,
  restart: 1012,
  tooSlow: 4008,
  signIn: 4401,
  notAllowed: 4403,
  tooMany: 4429,
} as const;

/** Stands for the user's own feed where others are named by their account, whose ids begin at 1. */
export const OWN = 0;

export interface Push {
  readonly event: string;
  readonly data: unknown;
  /** `OWN` for what belongs to the user. */
  readonly accountId: number | null;
  readonly seq: number | null;
}

export interface Ack {
  readonly ack: number;
  readonly ok: boolean;
  readonly data: unknown;
}

/** The seqs of accounts, and of the user's own feed as `OWN`. */
export type Cursors = Readonly<Record<string, number>>;

export const authFrame = (token: string, id: number) => ({ event: "auth", data: { token }, id });

export function joinUserFrame(userId: number, { [OWN]: since = null, ...cursors }: Readonly<Record<string, number | null>>, id: number) {
  const data = { user_id: userId, since };
  return { event: "join-user", data: Object.keys(cursors).length > 0 ? { ...data, cursors } : data, id };
}

export const joinChatFrame = (chatId: number, id: number) => ({ event: "join-chat", data: { chat_id: chatId }, id });

export const leaveChatFrame = (chatId: number, id: number) => ({ event: "leave-chat", data: { chat_id: chatId }, id });

export const typingFrame = (chatId: number, isOn: boolean, id: number) => ({
  event: "typing",
  data: { chat_id: chatId, on: isOn },
  id,
});

export const pingFrame = (id: number) => ({ event: "ping", data: {}, id });

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const finiteOrNull = (value: unknown) => (typeof value === "number" ? value : null);

/** Parses an acknowledgement or a push; null for anything else. */
export function parseFrame(text: string): Ack | Push | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(frame)) return null;
  if (typeof frame.ack === "number") return { ack: frame.ack, ok: frame.ok === true, data: frame.data };
  if (typeof frame.event !== "string") return null;
  const { event, data, seq, user_id: userId } = frame;
  if (event === "head") return { event, data: withOwn(data, seq), accountId: null, seq: null };
  const isOwn = typeof userId === "number" || (event === "reset" && isRecord(data) && typeof data.user_id === "number");
  return { event, data, accountId: isOwn ? OWN : finiteOrNull(frame.account_id), seq: finiteOrNull(seq) };
}

/** Head seqs of accounts with that of the user's own feed. */
function withOwn(heads: unknown, seq: unknown): unknown {
  return isRecord(heads) && typeof seq === "number" ? { ...heads, [OWN]: seq } : heads;
}

/** The head seqs in the acknowledgement of `join-user`. */
export function joinedHeads(data: unknown): unknown {
  return isRecord(data) ? withOwn(data.accounts, data.seq) : undefined;
}

/** `{"<account_id>": seq}` as pairs, with that of the own feed; anything else is skipped. */
export function parseHeads(data: unknown): [number, number][] {
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([id, seq]) => (typeof seq === "number" ? [[Number(id), seq]] : []));
}
