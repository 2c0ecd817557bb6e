/** The quiet lines between messages: what users did with the chat, and where a conversation began. */
import type { Activity, Conversation } from "@/types/wire";
import type { InternalItem } from "./internalItems";

const runOf = ({ actor, at }: Activity): string => `${actor.id}@${at}`;

/** The run of a rule, all of which is done, needs no line of its own beside those of what it did: they have its name and time. */
function withoutPlainRuns(activities: readonly Activity[]): readonly Activity[] {
  const shown = new Set(activities.filter(({ kind, actor }) => actor.kind === "rule" && kind !== "ran").map(runOf));
  return activities.filter((activity) => activity.kind !== "ran" || activity.details.outcome !== "done" || !shown.has(runOf(activity)));
}

/** The first conversation of a chat needs no line: it begins with the chat. */
export function linesOf(activities: readonly Activity[], conversations: readonly Conversation[]): readonly InternalItem[] {
  const later = conversations.filter(({ follows_id }) => follows_id !== null);
  return [
    ...withoutPlainRuns(activities).map((activity): InternalItem => ({ key: `a${activity.id}`, orderedAt: activity.at, isUnsent: false, shown: { kind: "activity", activity } })),
    ...later.map(({ id, opened_at: orderedAt }): InternalItem => ({ key: `c${id}`, orderedAt, isUnsent: false, shown: { kind: "conversation" } })),
  ];
}
