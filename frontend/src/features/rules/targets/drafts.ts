/** A target while it is written: its times as texts, and what makes it complete. */
import { isConditionComplete, TESTS, type TestName } from "@/features/rules/drafts";
import type { MessageId } from "@/i18n/ids";
import { isBlank } from "@/lib/texts";
import type { NewTarget, RuleCondition, Target, TargetCondition } from "@/types/wire";
import { formatDuration, readDuration } from "./durations";

export const KINDS = ["first_reply", "next_reply", "close"] as const;
export type TargetKind = (typeof KINDS)[number];

/** Thirty days. */
export const MOST_MINUTES = 43_200;

export interface TargetDraft extends Pick<Target, "name" | "account_ids" | "office_hours" | "is_on"> {
  readonly conditions: readonly RuleCondition[];
  /** As they are typed; an empty one is not promised. */
  readonly times: Readonly<Record<TargetKind, string>>;
}

const CHAT_KINDS: ReadonlySet<string> = new Set<TargetCondition["kind"]>(["label", "assignee", "team", "new_contact", "chat_kind"]);

/** What a chat alone decides, whatever happens in it. */
export const CHAT_TESTS: readonly TestName[] = TESTS.filter((name) => CHAT_KINDS.has(name.split("-", 1)[0] ?? ""));
const isOfChat = (condition: RuleCondition): condition is RuleCondition & TargetCondition => CHAT_KINDS.has(condition.kind);

export const minutesOf = (target: Target, kind: TargetKind): number | null => target[`${kind}_minutes`];

export const newTarget = (accountIds: readonly number[]): TargetDraft => ({
  name: "", account_ids: [...accountIds], office_hours: true, is_on: true, conditions: [], times: { first_reply: "", next_reply: "", close: "" },
});

export function draftOf(target: Target): TargetDraft {
  const { name, account_ids, office_hours, is_on, conditions } = target;
  const timeOf = (kind: TargetKind): string => {
    const minutes = minutesOf(target, kind);
    return minutes === null ? "" : formatDuration(minutes, office_hours);
  };
  return { name, account_ids, office_hours, is_on, conditions, times: { first_reply: timeOf("first_reply"), next_reply: timeOf("next_reply"), close: timeOf("close") } };
}

const isTimeComplete = (text: string): boolean => isBlank(text) || (readDuration(text) ?? Infinity) <= MOST_MINUTES;

/** What it still needs to be saved; null: nothing. */
export function missingIn({ name, account_ids: ids, conditions, times }: TargetDraft): MessageId | null {
  if (isBlank(name)) return "rules.missing.name";
  if (ids.length === 0) return "rules.missing.number";
  if (!conditions.every(isConditionComplete)) return "rules.missing.conditions";
  if (KINDS.every((kind) => isBlank(times[kind]))) return "targets.missing.time";
  return KINDS.every((kind) => isTimeComplete(times[kind])) ? null : "targets.missing.wrong";
}

/** As the server takes it. */
export const bodyOf = ({ name, times, conditions, ...rest }: TargetDraft): NewTarget => ({
  ...rest,
  name: name.trim(),
  conditions: conditions.filter(isOfChat),
  first_reply_minutes: readDuration(times.first_reply),
  next_reply_minutes: readDuration(times.next_reply),
  close_minutes: readDuration(times.close),
});
