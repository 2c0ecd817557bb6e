/** Sends what is written to contacts and to the team, and explains why it could not be sent. */
import type { QueryClient } from "@tanstack/react-query";
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { findTabServices } from "@/lib/channel";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import { checkReadable, measureFiles } from "@/features/inbox/composer/mediaInfo";
import { Outbox } from "@/features/inbox/data/outbox";
import type { OutboxHooks } from "@/features/inbox/data/lateOutbox";
import type { Failure, Post } from "@/features/inbox/data/outboxOptions";
import { openNoteStorage, openOutboxStorage } from "@/features/inbox/data/outboxStorage";
import type { NewerItems } from "@/features/inbox/data/pending";
import type { Inbox } from "./context";

/** Unreachable, busy, or signed out: the message can wait. */
const isPassing = (error: unknown): boolean => error instanceof ApiError && (error.isPassing || error.status === 401);

const hasCode = (error: unknown, code: string): boolean => error instanceof ApiError && error.code === code;
const isUnreachable = (error: unknown): boolean => hasCode(error, "unreachable");
const isStalled = (error: unknown): boolean => hasCode(error, "stalled");

/** Why the server held a message. */
function findNewer(error: unknown): NewerItems | null {
  if (!(error instanceof ApiError) || !hasCode(error, "newer_messages")) return null;
  const { messages = [], activities = [] } = error.details as Partial<NewerItems>;
  return { messages, activities };
}

function describeSend(error: unknown): string {
  const isAway = error instanceof ApiError && !isStalled(error) && (error.status === 0 || error.status === 401);
  return isAway ? t("messages.waiting.connection") : describeError(error);
}

const explainSend = (error: unknown): Failure => ({ isPassing: isPassing(error), isStalled: isStalled(error), sentence: describeSend(error), newer: findNewer(error) });

function postMessages(api: Api, client: QueryClient): Post {
  return async ({ accountId, chatId, text, clientId, quoted, files, isVoice, seenSeq, isReleased = false }, progressing) => {
    const extras = files === undefined ? {} : { files, isVoice, mediaInfo: await measureFiles(files) };
    try {
      return await api.sendMessage(accountId, chatId, { text, clientId, quoteId: quoted?.id, seenSeq: seenSeq ?? 0, hold: seenSeq !== undefined && !isReleased, ...progressing, ...extras });
    } catch (error) {
      if (isUnreachable(error) && files !== undefined) await checkReadable(files);
      // The composer closes with the reason.
      if (hasCode(error, "plan_limit")) void client.invalidateQueries({ queryKey: ENTITLEMENTS_KEY });
      throw error;
    }
  };
}

export const makeOutbox = (api: Api, client: QueryClient, userId: number) => (hooks: OutboxHooks): Outbox =>
  new Outbox({ ...hooks, post: postMessages(api, client), explain: explainSend, storage: openOutboxStorage(userId), tabServices: findTabServices(), name: `confab-outbox-${userId}` });

function postNotes(api: Api, { notes }: Inbox): Post {
  return async ({ accountId, chatId, clientId, text, note }, { signal }) => {
    const mentions = note?.mentions.map(({ id }) => id) ?? [];
    notes.apply(await api.writeNote(accountId, chatId, clientId, { text, mentions, grant: note?.grant }, signal));
    return [];
  };
}

export const makeNoteOutbox = (api: Api, inbox: Inbox) => (hooks: OutboxHooks): Outbox =>
  new Outbox({
    ...hooks,
    post: postNotes(api, inbox),
    explain: (error) => ({ isPassing: isPassing(error), sentence: describeSend(error) }),
    storage: openNoteStorage(inbox.userId),
    tabServices: findTabServices(),
    name: `confab-notes-${inbox.userId}`,
  });
