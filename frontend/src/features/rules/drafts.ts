/** Rules and macros while they are written: what is new, and what is complete. */
import type { MessageId } from "@/i18n/ids";
import { isBlank } from "@/lib/texts";
import type { Rule, RuleAction, RuleCondition } from "@/types/wire";

export type RuleEvent = Rule["event"];
export type ActionKind = RuleAction["kind"];

export type RuleDraft = Pick<Rule, "name" | "account_ids" | "stops" | "event" | "minutes" | "conditions" | "actions">;

export const EVENTS = [
  "message_in", "message_out", "send_failed", "opened", "assigned", "labelled", "unlabelled", "closed", "woke", "unreplied", "unassigned",
] as const satisfies readonly RuleEvent[];

export const ACTION_KINDS = ["assign", "label", "unlabel", "close", "snooze", "note", "reply", "notify"] as const satisfies readonly ActionKind[];

/** Each kind of condition with its test, as one choice. */
export const TESTS = [
  "text-contains", "text-words", "text-contains_not", "label-any", "label-none", "assignee-none", "assignee-any", "assignee-one_of",
  "team-none", "team-any", "team-one_of", "hours-open", "hours-closed", "new_contact-yes", "new_contact-no", "chat_kind-direct", "chat_kind-group",
] as const;
export type TestName = (typeof TESTS)[number];

export const MOST = 10;
const USUAL_MINUTES = 30;

export const isTimed = (event: RuleEvent): boolean => event === "unreplied" || event === "unassigned";
export const hasText = (event: RuleEvent): boolean => ["message_in", "message_out", "send_failed", "opened"].includes(event);
/** Only some events have a text. */
export const testsOf = (event: RuleEvent): readonly TestName[] => TESTS.filter((name) => hasText(event) || !name.startsWith("text-"));
export const testOf = ({ kind, test }: RuleCondition): TestName => `${kind}-${test}` as TestName;

export function newCondition(name: TestName): RuleCondition {
  const [kind, test] = name.split("-") as [RuleCondition["kind"], RuleCondition["test"]];
  return { kind, test, ids: [], texts: [] };
}

export const newAction = (kind: ActionKind): RuleAction => ({
  kind, user_id: null, team_id: null, label_id: null, reply_id: null, user_ids: [], text: null, category: null, minutes: kind === "snooze" ? USUAL_MINUTES : null, wake_on_message: true,
});

export const newRule = (accountIds: readonly number[]): RuleDraft => ({
  name: "", account_ids: [...accountIds], stops: false, event: "message_in", minutes: null, conditions: [], actions: [newAction("assign")],
});

/** With what fits the event: minutes for time rules, texts where there are some. */
export function withEvent(draft: RuleDraft, event: RuleEvent): RuleDraft {
  const conditions = hasText(event) ? draft.conditions : draft.conditions.filter(({ kind }) => kind !== "text");
  return { ...draft, event, minutes: isTimed(event) ? (draft.minutes ?? USUAL_MINUTES) : null, conditions };
}

const NEEDS: Readonly<Record<ActionKind, (action: RuleAction) => boolean>> = {
  assign: () => true,
  close: () => true,
  label: ({ label_id: id }) => id !== null,
  unlabel: ({ label_id: id }) => id !== null,
  snooze: ({ minutes }) => (minutes ?? 0) > 0,
  note: ({ text }) => !isBlank(text ?? ""),
  reply: ({ reply_id: id }) => id !== null,
  notify: ({ user_ids: ids }) => ids.length > 0,
};

export function isConditionComplete({ kind, test, ids, texts }: RuleCondition): boolean {
  if (kind === "text") return texts.length > 0;
  return kind === "label" || test === "one_of" ? ids.length > 0 : true;
}

export const areComplete = (actions: readonly RuleAction[]): boolean => actions.length > 0 && actions.every((action) => NEEDS[action.kind](action));

/** What a trial still needs; null: nothing. */
export function missingToTry({ account_ids: ids, event, minutes, conditions, actions }: RuleDraft): MessageId | null {
  if (ids.length === 0) return "rules.missing.number";
  if (isTimed(event) && (minutes ?? 0) <= 0) return "rules.missing.minutes";
  if (!conditions.every(isConditionComplete)) return "rules.missing.conditions";
  return areComplete(actions) ? null : "rules.missing.actions";
}

/** What it still needs to be saved. */
export const missingIn = (draft: RuleDraft): MessageId | null => (isBlank(draft.name) ? "rules.missing.name" : missingToTry(draft));

/** Words as they are typed, with commas between them. */
export const splitTexts = (text: string): string[] => text.split(",").map((part) => part.trim()).filter((part) => !isBlank(part));
