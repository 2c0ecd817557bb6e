/** Changes the status and the owner of chats: shown at once, undone by the user, and refused over what they have not seen. */
import type { QueryClient } from "@tanstack/react-query";
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import type { Chat } from "@/types/wire";
import type { Toast } from "@/components/toastQueue";
import type { InboxStore } from "@/features/inbox/data/store";
import { isByUser } from "./activityText";
import { lacksCategory } from "./dialogs/categories";
import { requestState, undoOf, type Seen, type StateAction } from "./stateActions";
import type { OpenThread, StatusQuestion } from "./statusContext";

/** As many as a glance takes in. */
const SHOWN_ACTIVITIES = 5;

export interface Deps {
  /** Knows which accounts ask for a category. */
  readonly client: QueryClient;
  readonly api: Pick<Api, "setStatus" | "setAssignee" | "listActivities">;
  readonly store: Pick<InboxStore, "changeChat" | "applyChat" | "ownStates">;
  readonly userId: number;
  /** Returns how to withdraw it. */
  readonly report: (toast: Toast) => () => void;
  readonly ask: (question: StatusQuestion) => void;
  readonly openChat: (chat: Chat) => void;
  /** The thread that is open knows what was seen. */
  readonly thread: () => OpenThread | null;
}

interface Attempt {
  readonly chat: Chat;
  readonly action: StateAction;
  /** Withdraws what was reported. */
  readonly withdraw: () => void;
  /** It was sent again, because no colleague had changed the chat: only once. */
  readonly isRepeated?: boolean;
}

/** The chat as it is now; null if that is not why the change was refused. */
function changedChat(error: unknown): Chat | null {
  if (!(error instanceof ApiError) || error.code !== "changed") return null;
  return (error.details.chat ?? null) as Chat | null;
}

const hasCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code;

/** Whether another user has got the chat meanwhile: who answers a free chat takes it, without an activity. */
const isTaken = (now: Chat, seen: Chat, userId: number): boolean =>
  now.assignee !== null && now.assignee.id !== userId && now.assignee.id !== seen.assignee?.id;

export class StateChanges {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  readonly run = (chat: Chat, action: StateAction): void => {
    if (this.#asksCategory(chat, action)) return;
    const undo = undoOf(action, chat);
    const withdraw = this.#deps.report({ text: action.describe(chat), action: { label: t("app.undo"), run: () => this.#undo(chat, undo) } });
    void this.#perform({ chat, action, withdraw });
  };

  #undo(chat: Chat, action: StateAction): void {
    if (!this.#asksCategory(chat, action)) void this.#perform({ chat, action, withdraw: () => undefined });
  }

  /** Asks for the category first, where a chat is not closed without. */
  #asksCategory(chat: Chat, action: StateAction): boolean {
    const isAsked = lacksCategory(this.#deps.client, chat, action);
    if (isAsked) this.#deps.ask({ kind: "category", chat });
    return isAsked;
  }

  async #perform(attempt: Attempt): Promise<void> {
    const { chat, action, withdraw } = attempt;
    try {
      await this.#deps.store.changeChat(chat.id, action.change, () => this.#request(chat, action));
    } catch (error) {
      await this.#fail(attempt, error).catch((reason: unknown) => {
        withdraw();
        this.#deps.report({ text: describeError(reason) });
      });
    }
  }

  /** In its turn: an own change before it may have led to another state. */
  async #request(chat: Chat, action: StateAction): Promise<Chat> {
    const seen = this.#seen(chat);
    const row = await requestState(this.#deps.api, chat, action, seen);
    this.#deps.store.ownStates.note(chat.id, seen.stateSeq, row.state_seq);
    return row;
  }

  #seen(chat: Chat): Seen {
    const open = this.#threadOf(chat);
    return { stateSeq: this.#deps.store.ownStates.follow(chat.id, chat.state_seq), messageSeq: open === null ? chat.seq : open.seen() };
  }

  #threadOf({ id }: Chat): OpenThread | null {
    const open = this.#deps.thread();
    return open?.chatId === id ? open : null;
  }

  async #fail(attempt: Attempt, error: unknown): Promise<void> {
    const now = changedChat(error);
    if (now !== null) return this.#resolve(attempt, now);
    attempt.withdraw();
    if (hasCode(error, "newer_messages")) this.#showNewer(attempt.chat);
    // It has been asked for since a moment ago.
    else if (hasCode(error, "category_required")) this.#deps.ask({ kind: "category", chat: attempt.chat });
    else this.#deps.report({ text: describeError(error) });
  }

  /** Asks if a colleague changed the chat; the contact's message, or the user's own answer, is no reason to. */
  async #resolve(attempt: Attempt, now: Chat): Promise<void> {
    const { chat, action, withdraw, isRepeated = false } = attempt;
    const { api, store, userId, ask } = this.#deps;
    store.applyChat(now);
    const { items } = await api.listActivities(chat, null, SHOWN_ACTIVITIES);
    const activities = items.filter((item) => item.seq > chat.state_seq && !isByUser(item, userId));
    const isOwn = activities.length === 0 && !isTaken(now, chat, userId);
    if (isOwn && !isRepeated) return this.#perform({ ...attempt, chat: now, isRepeated: true });
    withdraw();
    ask({ kind: "changed", chat: now, action, activities });
  }

  #showNewer(chat: Chat): void {
    const open = this.#threadOf(chat);
    if (open === null) this.#deps.openChat(chat);
    else open.showEnd();
    this.#deps.report({ text: t("status.newer") });
  }
}
