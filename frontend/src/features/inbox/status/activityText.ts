/** Activities of a chat as sentences: who did what, and how the contact rated it. */
import type { MessageId } from "@/i18n/ids";
import { t, type Values } from "@/i18n/translate";
import { describeLeftOut } from "@/lib/leftOut";
import { isolate } from "@/lib/texts";
import { formatMoment } from "@/lib/time";
import type { ActionResult, Activity } from "@/types/wire";

/** A sentence about the user of this window, and one about another user. */
interface Sentence {
  readonly own: MessageId;
  readonly other: MessageId;
  readonly values?: Values;
}

const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** Confab handed out the chat itself: the sentence names no user as its subject. */
function automatic({ assignee_id, assignee }: Activity["details"], ownId: number): Sentence {
  const id = assignee_id === ownId ? "assigning.activity.you" : "assigning.activity.other";
  return { own: id, other: id, values: { owner: isolate(textOf(assignee) ?? t("status.actor.unknown")) } };
}

function assigned({ actor, details }: Activity, ownId: number): Sentence {
  const names = [textOf(details.assignee), textOf(details.team)].filter((name) => name !== null);
  if (actor.kind === "system" && typeof details.assignee_id === "number") return automatic(details, ownId);
  if (names.length === 0) return { own: "status.activity.released.own", other: "status.activity.released" };
  if (actor.kind === "user" && details.assignee_id === actor.id) return { own: "status.activity.took.own", other: "status.activity.took" };
  if (details.assignee_id === ownId) return { own: "status.activity.took.own", other: "status.activity.assignedYou" };
  return { own: "status.activity.assigned.own", other: "status.activity.assigned", values: { owner: isolate(names.join(" · ")) } };
}

function closed({ details }: Activity): Sentence {
  const category = textOf(details.category);
  if (category === null) return { own: "status.activity.closed.own", other: "status.activity.closed" };
  return { own: "status.activity.closedAs.own", other: "status.activity.closedAs", values: { category: isolate(category) } };
}

const snoozed = ({ details }: Activity): Sentence => ({
  own: "status.activity.snoozed.own",
  other: "status.activity.snoozed",
  values: { time: formatMoment(textOf(details.until) ?? "") },
});

const labelOf = ({ details }: Activity) => ({ label: isolate(textOf(details.label) ?? t("status.activity.deletedLabel")) });

/** The reason of the first action that was left out; null if all was done. */
function findReason({ details }: Activity): string | null {
  const results = Array.isArray(details.actions) ? (details.actions as readonly ActionResult[]) : [];
  const leftOut = results.find(({ error }) => error !== null);
  return leftOut === undefined ? null : describeLeftOut(leftOut);
}

function ran(activity: Activity): Sentence {
  const reason = findReason(activity);
  if (reason === null) return { own: "status.activity.ran", other: "status.activity.ran" };
  return { own: "status.activity.ranPartly", other: "status.activity.ranPartly", values: { reason } };
}

const SENTENCES: Readonly<Record<Activity["kind"], (activity: Activity, ownId: number) => Sentence>> = {
  assigned,
  closed,
  snoozed,
  ran,
  opened: () => ({ own: "status.activity.opened.own", other: "status.activity.opened" }),
  labelled: (activity) => ({ own: "status.activity.labelled.own", other: "status.activity.labelled", values: labelOf(activity) }),
  unlabelled: (activity) => ({ own: "status.activity.unlabelled.own", other: "status.activity.unlabelled", values: labelOf(activity) }),
  rated: ({ details }) => ({ own: "status.activity.rated", other: "status.activity.rated", values: { score: Number(details.score) } }),
  woke: () => ({ own: "status.activity.woke", other: "status.activity.woke" }),
};

export const isByUser = ({ actor }: Activity, userId: number): boolean => actor.kind === "user" && actor.id === userId;

function nameActor({ actor }: Activity): string {
  if (actor.kind === "rule") return actor.name === null ? t("status.actor.rule") : t("status.actor.namedRule", { name: isolate(actor.name) });
  return actor.name === null ? t("status.actor.unknown") : isolate(actor.name);
}

export function describeActivity(activity: Activity, ownId: number): string {
  const { own, other, values = {} } = SENTENCES[activity.kind](activity, ownId);
  return isByUser(activity, ownId) ? t(own, values) : t(other, { ...values, name: nameActor(activity) });
}
