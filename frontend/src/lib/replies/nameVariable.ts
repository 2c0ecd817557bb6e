/** What variables are called. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { Variable } from "./variables";

const LABELS: Readonly<Record<Variable, MessageId>> = {
  "contact.name": "replies.variable.contactName",
  "contact.first_name": "replies.variable.contactFirstName",
  "contact.phone": "replies.variable.contactPhone",
  "agent.name": "replies.variable.agentName",
  "agent.first_name": "replies.variable.agentFirstName",
  "account.name": "replies.variable.accountName",
  today: "replies.variable.today",
  "hours.opens_at": "replies.variable.opensAt",
};

export const nameVariable = (variable: Variable): string => t(LABELS[variable]);
