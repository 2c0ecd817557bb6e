/** What the outbox needs: how it sends, and how it explains a failure. */
import type { TabServices } from "@/lib/channel";
import type { Message } from "@/types/wire";
import type { OutboxStorage } from "./outboxStorage";
import type { NewerItems, Pending } from "./pending";

export interface Progressing {
  readonly onProgress: (share: number) => void;
  readonly signal: AbortSignal;
  /** More than 1 after a stalled upload: the line may only be slow. */
  readonly patience: number;
}

export type Post = (entry: Pending, progressing: Progressing) => Promise<readonly Message[]>;

export interface Failure {
  /** Whether a retry may succeed without any change. */
  readonly isPassing: boolean;
  readonly sentence: string;
  /** Whether later messages of the chat may overtake it. */
  readonly isStalled?: boolean;
  /** What its writer had not seen: the user decides whether to send it. */
  readonly newer?: NewerItems | null;
}

export interface OutboxOptions {
  readonly post: Post;
  readonly explain: (error: unknown) => Failure;
  readonly onChange: () => void;
  readonly onRows: (rows: readonly Message[]) => void;
  readonly storage?: OutboxStorage | undefined;
  /** The other tabs of this user; without it this tab works alone. */
  readonly tabServices?: TabServices | null | undefined;
  readonly name?: string | undefined;
}
