/** A WebSocket whose server is the test. */

interface Frame {
  readonly event: string;
  readonly data: Record<string, unknown>;
  readonly id: number;
}

export class FakeSocket {
  readonly sent: Frame[] = [];
  isClosed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Frame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The server sends a frame. */
  deliver(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  push(event: string, seq: number | undefined, data: unknown = {}, accountId = 1): void {
    this.deliver({ event, data, account_id: accountId, seq });
  }

  /** The server sends a change of what belongs to the user. */
  pushOwn(event: string, seq: number, data: unknown = {}): void {
    this.deliver({ event, data, user_id: 7, seq });
  }

  /** The server acknowledges the last command. */
  answer(ok = true, data: unknown = {}): void {
    this.deliver({ ack: this.last.id, ok, data });
  }

  /** The server closes the connection. */
  end(code: number): void {
    this.onclose?.({ code });
  }

  get last(): Frame {
    const frame = this.sent.at(-1);
    if (frame === undefined) throw new Error("Nothing was sent.");
    return frame;
  }

  /** Opens, and acknowledges the token and the join. */
  welcome(heads: Record<string, number> = {}, seq?: number): void {
    this.onopen?.();
    this.answer();
    this.answer(true, { accounts: heads, seq });
  }
}

/** Creates fake sockets and records them. */
export function createSockets() {
  const sockets: FakeSocket[] = [];
  const create = (): WebSocket => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  };
  const latest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error("No socket was opened.");
    return socket;
  };
  return { sockets, create, latest };
}
