/** The audit log's actions and details in readable form. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { nameRole } from "@/lib/roles";
import type { AuditLine } from "@/types/wire";

/** The actions offered as a filter; unknown actions of a newer server are shown by their code. */
const ACTIONS: Readonly<Record<string, MessageId>> = {
  login: "audit.action.login",
  "login.failed": "audit.action.loginFailed",
  logout: "audit.action.logout",
  "secret.rotated": "audit.action.secretRotated",
  "session.reused": "audit.action.sessionReused",
  "access.refused": "audit.action.accessRefused",
  "user.invited": "audit.action.userInvited",
  "user.added": "audit.action.userAdded",
  "user.registered": "audit.action.userRegistered",
  "user.invitation_accepted": "audit.action.userInvitationAccepted",
  "user.invitation_link_made": "audit.action.userInvitationLinkMade",
  "user.reset_asked": "audit.action.userResetAsked",
  "user.reset_link_made": "audit.action.userResetLinkMade",
  "user.reset_accepted": "audit.action.userResetAccepted",
  "user.first_run_link_made": "audit.action.userFirstRunLinkMade",
  "user.password_changed": "audit.action.userPasswordChanged",
  "user.role_changed": "audit.action.userRoleChanged",
  "user.limit_changed": "audit.action.userLimitChanged",
  "user.enabled": "audit.action.userEnabled",
  "user.disabled": "audit.action.userDisabled",
  "member.set": "audit.action.memberSet",
  "member.removed": "audit.action.memberRemoved",
  "account.handed_over": "audit.action.accountHandedOver",
  "account.new_chats_resumed": "audit.action.accountNewChatsResumed",
  "api_key.created": "audit.action.apiKeyCreated",
  "api_key.revoked": "audit.action.apiKeyRevoked",
  "account.added": "audit.action.accountAdded",
  "account.changed": "audit.action.accountChanged",
  "account.hours_changed": "audit.action.accountHoursChanged",
  "account.hours_removed": "audit.action.accountHoursRemoved",
  "account.auto_replies_changed": "audit.action.accountAutoRepliesChanged",
  "survey.changed": "audit.action.surveyChanged",
  "account.reconnected": "audit.action.accountReconnected",
  "account.disconnected": "audit.action.accountDisconnected",
  "account.erased": "audit.action.accountErased",
  "contact.erased": "audit.action.contactErased",
  "export.requested": "audit.action.exportRequested",
  "export.fetched": "audit.action.exportFetched",
  "dead_letter.redriven": "audit.action.deadLetterRedriven",
  "dead_letter.dropped": "audit.action.deadLetterDropped",
  "entitlement.granted": "audit.action.entitlementGranted",
  "entitlement.revoked": "audit.action.entitlementRevoked",
  "user.first_owner_made": "audit.action.userFirstOwnerMade",
  "user.first_run_accepted": "audit.action.userFirstRunAccepted",
  "audit.exported": "audit.action.auditExported",
  "backup.restored": "audit.action.backupRestored",
  "report.exported": "audit.action.reportExported",
  "contact.merged": "audit.action.contactMerged",
  "contact.separated": "audit.action.contactSeparated",
  "contact_field.created": "audit.action.contactFieldCreated",
  "contact_field.changed": "audit.action.contactFieldChanged",
  "contact_field.deleted": "audit.action.contactFieldDeleted",
  "contacts.imported": "audit.action.contactsImported",
  "contacts.exported": "audit.action.contactsExported",
  "reply.created": "audit.action.replyCreated",
  "reply.changed": "audit.action.replyChanged",
  "reply.deleted": "audit.action.replyDeleted",
  "reply.imported": "audit.action.replyImported",
  "rule.created": "audit.action.ruleCreated",
  "rule.changed": "audit.action.ruleChanged",
  "rule.deleted": "audit.action.ruleDeleted",
  "macro.created": "audit.action.macroCreated",
  "macro.changed": "audit.action.macroChanged",
  "macro.deleted": "audit.action.macroDeleted",
  "target.created": "audit.action.targetCreated",
  "target.changed": "audit.action.targetChanged",
  "target.deleted": "audit.action.targetDeleted",
  "team.created": "audit.action.teamCreated",
  "team.changed": "audit.action.teamChanged",
  "team.deleted": "audit.action.teamDeleted",
  "team_settings.changed": "audit.action.teamSettingsChanged",
};

export function nameAction(action: string): string {
  const known = ACTIONS[action];
  return known === undefined ? action : t(known);
}

/** Action and name, in the order of the names. */
export const listActions = (): readonly (readonly [action: string, name: string])[] =>
  Object.keys(ACTIONS)
    .map((action) => [action, nameAction(action)] as const)
    .sort(([, one], [, other]) => one.localeCompare(other));

function spell(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => spell(name, item)).join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  // The target of a denied action is the name of a route or command.
  if (name === "what") return value.replaceAll("_", " ");
  return name === "role" ? nameRole(value) : value;
}

/** "role: Agent, name: shop" */
export function describeDetails({ details }: AuditLine): string {
  const { from, to, ...others } = details;
  const isChange = typeof from === "string" && typeof to === "string";
  const rest = Object.entries(isChange ? others : details).map(([name, value]) => `${name.replaceAll("_", " ")}: ${spell(name, value)}`);
  return [...(isChange ? [t("audit.change", { from: nameRole(from), to: nameRole(to) })] : []), ...rest].join(", ");
}
