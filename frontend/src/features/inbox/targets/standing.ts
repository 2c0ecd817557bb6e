/** How the clock of a target stands: on track, at risk, or breached. */
import type { ChatTarget } from "@/types/wire";

export type Standing = "on_track" | "at_risk" | "breached";
export type Times = Pick<ChatTarget, "at_risk_at" | "due_at">;

export const msUntil = (time: string, now: number): number => new Date(time).getTime() - now;

export function standingOf({ at_risk_at, due_at }: Times, now: number): Standing {
  if (msUntil(due_at, now) <= 0) return "breached";
  return msUntil(at_risk_at, now) <= 0 ? "at_risk" : "on_track";
}
