/** The average of all chosen ratings, how often each was given, and the averages of numbers and persons. */
import { Exact, Text } from "@/components/Text";
import { localeTag, t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { formatCount } from "@/lib/counts";
import type { SurveyFigures, SurveySummary } from "@/types/wire";
import { nameRated } from "./nameRated";
import styles from "./ratings.module.css";

/** One digit behind the comma; exactly what it is in the file. */
const formatAverage = (average: number | null): string =>
  average === null ? "–" : new Intl.NumberFormat(localeTag(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(average);

const describeAnswered = ({ answered, asked }: SurveyFigures): string => t("ratings.answered", { answered: formatCount(answered), asked: formatCount(asked) });

export function RatingSummary({ summary: { total, accounts, users } }: { readonly summary: SurveySummary }) {
  const known = useAccounts().data ?? [];
  const numbers = accounts.map((figures) => ({ ...figures, key: figures.account_id, name: nameOf(known.find(({ id }) => id === figures.account_id)) }));
  const persons = users.map((figures) => ({ ...figures, key: figures.user?.id ?? 0, name: nameRated(figures.user) }));
  return (
    <section className={styles.summary} aria-label={t("ratings.average")} data-testid="ratings-summary">
      <Total total={total} />
      <Distribution scores={total.scores} />
      {numbers.length > 1 && <Averages title={t("ratings.byNumber")} rows={numbers} />}
      {persons.length > 0 && <Averages title={t("ratings.byPerson")} rows={persons} />}
      <p className={styles.utc}>{t("usage.utc")}</p>
    </section>
  );
}

const nameOf = (account: Parameters<typeof nameAccount>[0] | undefined): string => (account === undefined ? "" : nameAccount(account));

function Total({ total }: { readonly total: SurveyFigures }) {
  return (
    <div className={styles.total}>
      <p className={styles.label}>{t("ratings.average")}</p>
      <p className={styles.average}>
        {total.average === null ? <Text>{t("ratings.none")}</Text> : <Text>{t("ratings.of", { score: formatAverage(total.average) })}</Text>}
      </p>
      <p className={styles.label}>{describeAnswered(total)}</p>
    </div>
  );
}

/** Bars from the best to the worst; the counts beside them say the same. */
function Distribution({ scores }: { readonly scores: readonly number[] }) {
  const most = Math.max(1, ...scores);
  return (
    <ul className={styles.distribution} aria-label={t("ratings.distribution")}>
      {scores
        .map((count, index) => ({ score: index + 1, count }))
        .reverse()
        .map(({ score, count }) => (
          <li key={score}>
            <span className={styles.digit} aria-hidden="true">{score}</span>
            <span className="visually-hidden">{`${t("ratings.of", { score })}: ${t("ratings.timesGiven", { count })}`}</span>
            <span className={styles.track} aria-hidden="true">
              <span className={styles.bar} style={{ inlineSize: `${(count / most) * 100}%` }} />
            </span>
            <span className={styles.times} aria-hidden="true">{formatCount(count)}</span>
          </li>
        ))}
    </ul>
  );
}

interface AveragesProps {
  readonly title: string;
  readonly rows: readonly (SurveyFigures & { readonly key: number; readonly name: string })[];
}

function Averages({ title, rows }: AveragesProps) {
  return (
    <table className={styles.averages}>
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col">{t("ratings.average")}</th>
          <th scope="col">{t("ratings.answers")}</th>
          <th scope="col">{t("ratings.asked")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, average, answered, asked }) => (
          <tr key={key} data-testid="ratings-average">
            <th scope="row"><Exact>{name}</Exact></th>
            <td>{formatAverage(average)}</td>
            <td>{formatCount(answered)}</td>
            <td>{formatCount(asked)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
