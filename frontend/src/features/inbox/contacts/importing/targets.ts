/** What a column of an import can be, besides the fields that the team has defined. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";

export const TARGETS = {
  phone: "records.kind.phone",
  whatsapp_id: "records.target.whatsappId",
  username: "records.target.username",
  id: "records.target.id",
  own_name: "records.ownName",
  labels: "records.target.labels",
} as const satisfies Readonly<Record<string, MessageId>>;

/** Null for a field of the team, which has a name of its own. */
export const nameTarget = (target: string): string | null => (Object.hasOwn(TARGETS, target) ? t(TARGETS[target as keyof typeof TARGETS]) : null);
