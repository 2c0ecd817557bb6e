/** When a message was sent, delivered and read, as far as it is known. */
import { t } from "@/i18n/translate";
import { formatExact } from "@/lib/time";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";

export interface Step {
  readonly name: string;
  readonly at: string;
}

/** In order; a received message has one step. */
export function stepsOf({ direction, message, sentAt, isDeleted }: Bubble): Step[] {
  if (direction === "in") return [{ name: t("messages.step.received"), at: sentAt }];
  const { accepted_at: accepted = null, delivered_at: delivered = null, read_at: read = null } = message ?? {};
  const steps = [{ name: t("messages.step.sent"), at: accepted ?? sentAt }];
  if (isDeleted) return steps;
  if (delivered !== null) steps.push({ name: t("messages.step.delivered"), at: delivered });
  if (read !== null) steps.push({ name: t("messages.step.read"), at: read });
  return steps;
}

/** One line each, for the pointer that rests on the time. */
export const describeSteps = (bubble: Bubble): string =>
  stepsOf(bubble)
    .map(({ name, at }) => `${name}: ${formatExact(at)}`)
    .join("\n");
