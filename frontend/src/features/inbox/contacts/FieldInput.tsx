/** The input for one field of a contact, by its kind. */
import { CheckBox } from "@/components/CheckBox";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import panelStyles from "@/components/panels.module.css";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import type { ContactField, FieldKind } from "@/types/wire";
import type { Draft } from "./values";

interface FieldInputProps {
  readonly field: ContactField;
  readonly draft: Draft;
  readonly error: string | undefined;
  readonly onChange: (draft: Draft) => void;
}

const TYPES: Partial<Record<FieldKind, string>> = { date: "date", email: "email", phone: "tel", link: "url" };
const HINTS: Partial<Record<FieldKind, string>> = { phone: "+55 11 98888 0000", link: "https://" };

export function FieldInput(props: FieldInputProps) {
  if (props.field.kind === "multi_list") return <Choices {...props} />;
  if (props.field.kind === "list" || props.field.kind === "yes_no") return <Choice {...props} />;
  const { field, draft, error, onChange } = props;
  return (
    <TextField
      label={field.name}
      type={TYPES[field.kind] ?? "text"}
      inputMode={field.kind === "number" ? "decimal" : undefined}
      placeholder={HINTS[field.kind]}
      dir="auto"
      maxLength={2000}
      value={String(draft)}
      error={error}
      onChange={(event) => onChange(event.target.value)}
      data-testid="contact-field"
    />
  );
}

/** A value whose option was removed can stay. */
function Choice({ field, draft, onChange }: FieldInputProps) {
  const value = String(draft);
  const isYesNo = field.kind === "yes_no";
  const options = isYesNo ? ["true", "false"] : [...field.options, ...(value === "" || field.options.includes(value) ? [] : [value])];
  return (
    <Select label={field.name} value={value} onChange={(event) => onChange(event.target.value)} data-testid="contact-field">
      <option value="">{t("records.empty")}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {isYesNo ? t(option === "true" ? "records.yes" : "records.no") : option}
        </option>
      ))}
    </Select>
  );
}

function Choices({ field, draft, error, onChange }: FieldInputProps) {
  const chosen = Array.isArray(draft) ? (draft as readonly string[]) : [];
  const toggle = (option: string) => onChange(chosen.includes(option) ? chosen.filter((one) => one !== option) : [...chosen, option]);
  return (
    <fieldset className={panelStyles.choices} data-testid="contact-field">
      <legend>{field.name}</legend>
      {[...new Set([...field.options, ...chosen])].map((option) => (
        <CheckBox key={option} checked={chosen.includes(option)} onChange={() => toggle(option)}>
          <bdi translate="no">{option}</bdi>
        </CheckBox>
      ))}
      {error !== undefined && <span className={fieldStyles.error} role="alert">{error}</span>}
    </fieldset>
  );
}
