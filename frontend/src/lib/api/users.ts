/** The routes for users, their links, the members of an account, and API keys. */
import type {
  ApiKey,
  KnownLink,
  Load,
  Me,
  Member,
  MemberRole,
  NewKey,
  Page,
  SignedIn,
  TeamRole,
  TeamUser,
  TeamUserWithLink,
} from "@/types/wire";
import { send, type Send } from "./client";

const OWN_SITE = { "X-Confab": "1" };
const CHANNEL = "/api/channels/whatsapp";

export interface Accepted {
  readonly token: string;
  readonly password: string;
  readonly name: string;
  readonly email?: string;
}

export const fetchLink = (token: string, signal?: AbortSignal) =>
  send<KnownLink>("/api/auth/link", { method: "POST", body: { token }, headers: OWN_SITE, signal });

export const acceptLink = (body: Accepted) =>
  send<SignedIn>("/api/auth/link/accept", { method: "POST", body, headers: OWN_SITE });

export interface Registered {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const register = (body: Registered) =>
  send<SignedIn>("/api/auth/register", { method: "POST", body, headers: OWN_SITE });

export const forgotPassword = (email: string) =>
  send<undefined>("/api/auth/forgot", { method: "POST", body: { email }, headers: OWN_SITE });

export const unsubscribe = (token: string) =>
  send<undefined>(`/unsubscribe/${encodeURIComponent(token)}`, { method: "POST", headers: OWN_SITE });

async function listAll<T>(signed: Send, path: string, signal?: AbortSignal): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = await signed(`${path}?limit=100${query}`, { signal });
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows;
}

export function userRoutes(signed: Send) {
  const member = (accountId: number, userId: number) => `${CHANNEL}/${accountId}/members/${userId}`;
  return {
    changeProfile: (name: string) => signed<Me>("/api/auth/me", { method: "PATCH", body: { name } }),

    changePassword: (old_password: string, new_password: string) =>
      signed<undefined>("/api/auth/password", { method: "POST", body: { old_password, new_password } }),

    listTeam: (signal?: AbortSignal) => listAll<TeamUser>(signed, "/api/users", signal),

    inviteUser: (email: string, role: TeamRole) =>
      signed<TeamUserWithLink>("/api/users", { method: "POST", body: { email, role } }),

    changeUser: async (userId: number, body: { readonly role?: TeamRole; readonly is_active?: boolean; readonly chat_limit?: number | null }) =>
      (await signed<{ user: TeamUser }>(`/api/users/${userId}`, { method: "PATCH", body })).user,

    makeUserLink: (userId: number) =>
      signed<TeamUserWithLink>(`/api/users/${userId}/link`, { method: "POST", body: {} }),

    listMembers: (accountId: number, signal?: AbortSignal) =>
      listAll<Member>(signed, `${CHANNEL}/${accountId}/members`, signal),

    listLoads: (accountId: number, signal?: AbortSignal) => listAll<Load>(signed, `${CHANNEL}/${accountId}/loads`, signal),

    /** Whether they are `restricted` stays as it is if it is left out. */
    setMember: (accountId: number, userId: number, body: { readonly role: MemberRole; readonly restricted?: boolean }) =>
      signed<{ member: Member }>(member(accountId, userId), { method: "PUT", body }),

    setPayer: (accountId: number, user_id: number) =>
      signed<{ member: Member }>(`${CHANNEL}/${accountId}/payer`, { method: "PUT", body: { user_id } }),

    removeMember: (accountId: number, userId: number) =>
      signed<undefined>(member(accountId, userId), { method: "DELETE" }),

    listKeys: (signal?: AbortSignal) => listAll<ApiKey>(signed, "/api/keys", signal),

    createKey: (body: NewKey) => signed<{ key: ApiKey; secret: string }>("/api/keys", { method: "POST", body }),

    revokeKey: (keyId: number) => signed<undefined>(`/api/keys/${keyId}`, { method: "DELETE" }),
  };
}
