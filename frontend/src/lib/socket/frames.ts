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

export interface Push {
  readonly event: string;
  readonly data: unknown;
  readonly accountId: number | null;
  readonly seq: number | null;
}

export interface Ack {
  readonly ack: number;
  readonly ok: boolean;
  readonly data: unknown;
}

export type Cursors = Readonly<Record<string, number>>;

export const authFrame = (token: string, id: number) => ({ event: "auth", data: { token }, id });

export const joinUserFrame = (userId: number, cursors: Cursors, id: number) => ({
  event: "join-user",
  data: Object.keys(cursors).length > 0 ? { user_id: userId, cursors } : { user_id: userId },
  id,
});

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
  return {
    event: frame.event,
    data: frame.data,
    accountId: finiteOrNull(frame.account_id),
    seq: finiteOrNull(frame.seq),
  };
}

/** `{"<account_id>": seq}` as pairs; anything else is skipped. */
export function parseHeads(data: unknown): [number, number][] {
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([id, seq]) => (typeof seq === "number" ? [[Number(id), seq]] : []));
}
