/** Plans and usage as they travel between the server and the browser. */

export type UsageLevel = "ok" | "warning" | "reached";

/** One provider's month; `sent_here` of the messages sent went through Confab and count against `allowed`. */
export interface Month {
  readonly provider: string;
  readonly period: string;
  readonly messages_sent: number;
  readonly messages_rcvd: number;
  readonly sent_here: number;
  readonly plan: string | null;
  readonly allowed: number | null;
  readonly level: UsageLevel;
  readonly until: string;
}

export interface UsageDay {
  readonly day: string;
  readonly sent: number;
  readonly received: number;
}

export interface Usage {
  readonly period: string;
  readonly items: readonly (Month & { readonly days: readonly UsageDay[] })[];
}

/** What of something is allowed, null without limit, and used. */
export interface Limit {
  readonly allowed: number | null;
  readonly used: number;
}

export interface Entitlement {
  readonly provider: string;
  readonly is_active: boolean;
  readonly plan: string | null;
  readonly source: string | null;
  readonly expires_at: string | null;
  readonly accounts: Limit;
  readonly messages: Limit & { readonly level: UsageLevel; readonly until: string };
  readonly seats: Limit;
  readonly features: readonly string[];
}
