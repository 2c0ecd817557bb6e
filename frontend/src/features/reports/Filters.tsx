/** The filters of the reports page. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { Exact, Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { nameAccount, useReportedAccounts } from "./accounts";
import { lastDays, presetOf, PRESETS, type Choice } from "./choice";
import styles from "./reports.module.css";

interface FiltersProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

export function Filters({ choice, onChoose }: FiltersProps) {
  const accounts = useReportedAccounts();
  const set = (changes: Partial<Choice>) => onChoose({ ...choice, ...changes });
  return (
    <form className={styles.filters} aria-label={t("reports.filters")} onSubmit={(event) => event.preventDefault()}>
      <Select label={t("reports.period")} value={presetOf(choice) ?? ""} onChange={(event) => set(lastDays(Number(event.target.value)))}>
        {presetOf(choice) === undefined && <option value="">{t("reports.period.own")}</option>}
        {PRESETS.map((days) => (
          <option key={days} value={days}>
            {t("reports.period.days", { count: days })}
          </option>
        ))}
      </Select>
      <TextField label={t("reports.from")} type="date" value={choice.since} max={choice.until} onChange={({ target }) => target.value !== "" && set({ since: target.value })} />
      <TextField label={t("reports.to")} type="date" value={choice.until} min={choice.since} onChange={({ target }) => target.value !== "" && set({ until: target.value })} />
      <Select label={t("reports.clock")} value={choice.clock} onChange={({ target }) => set({ clock: target.value === "office" ? "office" : "all" })}>
        <option value="all">{t("reports.clock.all")}</option>
        <option value="office">{t("reports.clock.office")}</option>
      </Select>
      {accounts.length > 1 && (
        <Select label={t("reports.number")} value={choice.accountId ?? ""} onChange={({ target }) => set({ accountId: target.value === "" ? null : Number(target.value) })}>
          <option value="">{t("reports.number.all")}</option>
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>
              {nameAccount(account)}
            </option>
          ))}
        </Select>
      )}
      {choice.only !== null && (
        <Button className={styles.only} onClick={() => set({ only: null })} aria-label={t("reports.everything", { name: choice.only.name })}>
          <Text>{t(`reports.by.${choice.only.kind}`)}</Text>
          <Exact>{choice.only.name}</Exact>
          <Icon name="close" size={16} />
        </Button>
      )}
    </form>
  );
}
