/** Fields that the editors of rules, targets and macros share. */
import { CheckBox } from "@/components/CheckBox";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";
import type { Choice } from "./queries";
import { describeFields } from "./ruleTexts";
import panelStyles from "@/components/panels.module.css";
import styles from "./rules.module.css";

interface ChoicesProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly number[];
  readonly onChange: (ids: number[]) => void;
}

/** Several of few. */
export function Choices({ label, choices, chosen, onChange }: ChoicesProps) {
  const toggle = (id: number, isOn: boolean) => onChange(isOn ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <fieldset className={panelStyles.choices}>
      <legend className="visually-hidden">{label}</legend>
      {choices.map(({ id, name }) => (
        <CheckBox key={id} checked={chosen.includes(id)} onChange={(event) => toggle(id, event.target.checked)}>
          <bdi translate="no">{name}</bdi>
        </CheckBox>
      ))}
      {choices.length === 0 && <p className={styles.hint}>{t("rules.nothingToChoose")}</p>}
    </fieldset>
  );
}

interface AccountsProps {
  readonly accounts: readonly Account[];
  readonly chosen: readonly number[];
  readonly onChange: (ids: number[]) => void;
}

/** The numbers it is for. */
export function Accounts({ accounts, chosen, onChange }: AccountsProps) {
  return (
    <section className={styles.part}>
      <h3>{t("rules.in")}</h3>
      <Choices label={t("rules.in")} choices={accounts.map((account) => ({ id: account.id, name: nameAccount(account) }))} chosen={chosen} onChange={onChange} />
    </section>
  );
}

interface ChoiceFieldProps {
  readonly label: string;
  /** What stands for none. */
  readonly none: string;
  readonly choices: readonly Choice[];
  readonly value: number | null;
  readonly onChange: (id: number | null) => void;
}

export function ChoiceField({ label, none, choices, value, onChange }: ChoiceFieldProps) {
  return (
    <Select label={label} isLabelHidden value={value ?? ""} onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}>
      <option value="">{none}</option>
      {choices.map(({ id, name }) => (
        <option key={id} value={id}>{name}</option>
      ))}
    </Select>
  );
}

interface MinutesProps {
  readonly value: number | null;
  readonly onChange: (minutes: number | null) => void;
}

export function Minutes({ value, onChange }: MinutesProps) {
  const change = (text: string) => onChange(text === "" ? null : Math.trunc(Number(text)));
  return <TextField label={t("rules.minutes")} type="number" inputMode="numeric" min={1} max={43_200} required value={value ?? ""} onChange={(event) => change(event.target.value)} />;
}

/** Why something could not be stored or tried. */
export function Problem({ error }: { readonly error: Error | null }) {
  return <div aria-live="polite">{error !== null && <Notice tone="bad">{describeFields(error) ?? describeError(error)}</Notice>}</div>;
}
