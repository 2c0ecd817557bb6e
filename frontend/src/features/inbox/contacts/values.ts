/** Values of fields: what is shown, and what an input holds. */
import { t } from "@/i18n/translate";
import type { MessageId } from "@/i18n/ids";
import { perLanguage } from "@/lib/perLanguage";
import { formatPhone } from "@/lib/phoneFormat";
import type { ContactField, ContactRecord, FieldKind, FieldValue } from "@/types/wire";

export const KIND_NAMES = {
  text: "records.kind.text",
  number: "records.kind.number",
  date: "records.kind.date",
  yes_no: "records.kind.yesNo",
  list: "records.kind.list",
  multi_list: "records.kind.multiList",
  link: "records.kind.link",
  email: "records.kind.email",
  phone: "records.kind.phone",
} as const satisfies Record<FieldKind, MessageId>;

const numbers = perLanguage((tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 15 }));
// A day has no time zone; as a time it begins in UTC.
const dates = perLanguage((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeZone: "UTC" }));

export const KINDS = Object.keys(KIND_NAMES) as readonly FieldKind[];

export const hasOptions = (kind: FieldKind): boolean => kind === "list" || kind === "multi_list";

export const valueOf = ({ fields }: Pick<ContactRecord, "fields">, field: Pick<ContactField, "id">): FieldValue | undefined => (fields as Readonly<Record<string, FieldValue>>)[field.id];

/** In the user's language. */
export function formatValue({ kind }: Pick<ContactField, "kind">, value: FieldValue): string {
  if (typeof value === "boolean") return t(value ? "records.yes" : "records.no");
  if (typeof value === "number") return numbers().format(value);
  if (typeof value !== "string") return value.join(", ");
  if (kind === "date") return dates().format(new Date(value));
  return kind === "phone" ? formatPhone(value) : value;
}

/** What the form holds: texts, and the chosen ones of several options. */
export type Draft = string | readonly string[];

export function draftOf({ kind }: Pick<ContactField, "kind">, value: FieldValue | undefined): Draft {
  if (kind === "multi_list") return Array.isArray(value) ? (value as readonly string[]) : [];
  return value === undefined ? "" : String(value);
}

/** Null: the field is empty. A text that is no number is left to the server, which says why. */
export function readDraft({ kind }: Pick<ContactField, "kind">, draft: Draft): FieldValue | null {
  if (typeof draft !== "string") return draft.length === 0 ? null : draft;
  const text = draft.trim();
  if (text === "") return null;
  if (kind === "yes_no") return text === "true";
  return kind === "number" && Number.isFinite(Number(text)) ? Number(text) : text;
}

export const isSameDraft = (one: Draft, other: Draft): boolean => String(one) === String(other);
