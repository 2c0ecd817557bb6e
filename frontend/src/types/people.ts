/** People, their rights, members of numbers and API keys, as they travel between the server and the browser. */
import type { User } from "./wire";

export type TeamRole = "owner" | "admin" | "agent" | "viewer";
export type NumberRole = "owner" | "agent" | "viewer";
export type Scope = "read" | "send" | "manage";

/** What somebody may do: in the team, and with a number by their role on it. */
export interface Rights {
  readonly permissions: readonly string[];
  readonly number_permissions: Readonly<Record<string, readonly string[]>>;
}

export interface Me extends Rights {
  readonly user: User;
}

export interface Person {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly role: TeamRole;
  readonly status: "active" | "invited" | "disabled";
  readonly link_expires_at: string | null;
  readonly numbers: readonly {
    readonly account_id: number;
    readonly name: string | null;
    readonly phone: string | null;
    readonly role: NumberRole;
  }[];
  readonly seen_at: string | null;
}

export interface PersonWithLink {
  readonly user: Person;
  readonly link: { readonly url: string; readonly expires_at: string; readonly is_mailed?: boolean };
}

export interface KnownLink {
  readonly kind: "first_run" | "invitation" | "reset";
  readonly email: string;
  readonly name: string;
}

export interface Member {
  readonly user_id: number;
  readonly name: string;
  readonly email: string;
  readonly role: NumberRole;
  readonly is_active: boolean;
  /** The number stands in their name: they stay its owner. */
  readonly is_payer: boolean;
}

export interface ApiKey {
  readonly id: number;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly all_accounts: boolean;
  readonly account_ids: readonly number[];
  readonly user_id: number;
  readonly user_name: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly created_at: string;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly account_ids: readonly number[] | null;
}
