/** The audit log's actions and targets in readable form. */
import type { AuditLine } from "@/types/wire";

/** The actions offered as a filter; unknown actions of a newer server are shown by their code. */
export const ACTIONS: Readonly<Record<string, string>> = {
  login: "Signed in",
  "login.failed": "Could not sign in",
  logout: "Signed out",
  "session.reused": "Used a stolen session",
  "access.refused": "Was refused",
  "user.invited": "Invited somebody",
  "user.added": "Added somebody",
  "user.registered": "Registered",
  "user.invitation_accepted": "Accepted an invitation",
  "user.invitation_link_made": "Made an invitation link",
  "user.reset_asked": "Asked for a link to a new password",
  "user.reset_link_made": "Made a link to a new password",
  "user.reset_accepted": "Chose a new password by a link",
  "user.first_run_link_made": "Made the first owner's link again",
  "user.password_changed": "Changed the password",
  "user.role_changed": "Changed a role",
  "user.enabled": "Let somebody in again",
  "user.disabled": "Shut somebody out",
  "member.set": "Shared a number",
  "member.removed": "Took somebody off a number",
  "account.handed_over": "Handed a number over",
  "api_key.created": "Made an API key",
  "api_key.revoked": "Revoked an API key",
  "account.added": "Added a number",
  "account.changed": "Changed a number",
  "account.reconnected": "Reconnected a number",
  "account.disconnected": "Disconnected a number",
  "account.erased": "Erased a number",
  "contact.erased": "Erased a contact",
  "export.requested": "Asked for an export",
  "export.fetched": "Took an export along",
  "entitlement.granted": "Gave a plan",
  "entitlement.revoked": "Took a plan back",
  "user.first_owner_made": "Made the first owner",
  "user.first_run_accepted": "Took over as the first owner",
  "audit.exported": "Took the audit log along",
};

export const nameAction = (action: string): string => ACTIONS[action] ?? action;

const KINDS: Readonly<Record<string, string>> = { user: "Person", account: "Number", contact: "Contact", api_key: "API key", session: "Session" };

export function nameTarget({ target_kind, target_id }: AuditLine): string {
  if (target_kind === null) return "";
  return `${KINDS[target_kind] ?? target_kind} ${target_id ?? ""}`.trim();
}

function spell(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => spell(name, item)).join(" + ");
  if (typeof value !== "string") return JSON.stringify(value);
  // The target of a denied action is the name of a route or command.
  return name === "what" ? value.replaceAll("_", " ") : value;
}

/** "role: agent, from: viewer" */
export const describeDetails = ({ details }: AuditLine): string =>
  Object.entries(details)
    .map(([name, value]) => `${name.replaceAll("_", " ")}: ${spell(name, value)}`)
    .join(", ");
