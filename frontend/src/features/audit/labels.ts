/** The audit log's actions and targets in readable form. */
import type { AuditLine } from "@/types/wire";

/** The actions offered as a filter; unknown actions of a newer server are shown by their code. */
export const ACTIONS: Readonly<Record<string, string>> = {
  login: "Signed in",
  "login.failed": "Could not sign in",
  logout: "Signed out",
  "session.reused": "Used a stolen session",
  "access.refused": "Access denied",
  "user.invited": "Invited a user",
  "user.added": "Added a user",
  "user.registered": "Registered",
  "user.invitation_accepted": "Accepted an invitation",
  "user.invitation_link_made": "Created an invitation link",
  "user.reset_asked": "Requested a password reset",
  "user.reset_link_made": "Created a password reset link",
  "user.reset_accepted": "Reset the password by link",
  "user.first_run_link_made": "Recreated the first owner's link",
  "user.password_changed": "Changed the password",
  "user.role_changed": "Changed a role",
  "user.enabled": "Enabled a user",
  "user.disabled": "Disabled a user",
  "member.set": "Shared a number",
  "member.removed": "Removed a member from a number",
  "account.handed_over": "Transferred a number",
  "api_key.created": "Created an API key",
  "api_key.revoked": "Revoked an API key",
  "account.added": "Added a number",
  "account.changed": "Changed a number",
  "account.reconnected": "Reconnected a number",
  "account.disconnected": "Disconnected a number",
  "account.erased": "Erased a number",
  "contact.erased": "Erased a contact",
  "export.requested": "Requested an export",
  "export.fetched": "Downloaded an export",
  "entitlement.granted": "Granted a plan",
  "entitlement.revoked": "Revoked a plan",
  "user.first_owner_made": "Created the first owner",
  "user.first_run_accepted": "Signed up as the first owner",
  "audit.exported": "Exported the audit log",
};

export const nameAction = (action: string): string => ACTIONS[action] ?? action;

const KINDS: Readonly<Record<string, string>> = { user: "User", account: "Number", contact: "Contact", api_key: "API key", session: "Session" };

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
