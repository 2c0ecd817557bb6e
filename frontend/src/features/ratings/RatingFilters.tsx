/** The filters of the ratings. */
import { Select } from "@/components/Select";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { isForgotten, nameAccount, useAccounts } from "@/lib/accounts";
import { nameRated } from "./nameRated";
import { useSummary, type Choice } from "./useRatings";
import styles from "./ratings.module.css";

const SCORES = [5, 4, 3, 2, 1];

interface RatingFiltersProps {
  readonly choice: Choice;
  readonly onChoose: (changes: Partial<Choice>) => void;
}

export function RatingFilters({ choice, onChoose }: RatingFiltersProps) {
  const accounts = (useAccounts().data ?? []).filter((account) => !isForgotten(account));
  // All who were ever rated.
  const users = useSummary({})?.users ?? [];
  return (
    <form className={styles.filters} aria-label={t("ratings.filters")} onSubmit={(event) => event.preventDefault()}>
      <Select label={t("ratings.number")} value={choice.account} onChange={(event) => onChoose({ account: event.target.value })} data-testid="ratings-number">
        <option value="">{t("ratings.allNumbers")}</option>
        {accounts.map((account) => (
          <option key={account.id} value={account.id}>
            {nameAccount(account)}
          </option>
        ))}
      </Select>
      <Select label={t("ratings.person")} value={choice.user} onChange={(event) => onChoose({ user: event.target.value })} data-testid="ratings-person">
        <option value="">{t("ratings.everyone")}</option>
        {users.map(({ user }) => (
          <option key={user?.id ?? 0} value={user?.id ?? 0}>
            {nameRated(user)}
          </option>
        ))}
      </Select>
      <Select label={t("ratings.score")} value={choice.score} onChange={(event) => onChoose({ score: event.target.value })} data-testid="ratings-score">
        <option value="">{t("ratings.allScores")}</option>
        {SCORES.map((score) => (
          <option key={score} value={score}>
            {t("ratings.of", { score })}
          </option>
        ))}
      </Select>
      <TextField label={t("ratings.from")} type="date" value={choice.from} max={choice.to} onChange={(event) => onChoose({ from: event.target.value })} />
      <TextField label={t("ratings.to")} type="date" value={choice.to} min={choice.from} onChange={(event) => onChoose({ to: event.target.value })} />
    </form>
  );
}
