/** Each rating, with what the contact wrote about it; on a phone each is a card. */
import { Link } from "@/lib/navigation";
import { classes } from "@/components/classes";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import { formatExact } from "@/lib/time";
import type { Survey } from "@/types/wire";
import { nameRated } from "./nameRated";
import styles from "./ratings.module.css";

interface RatingListProps {
  readonly ratings: readonly Survey[];
  /** These belong to the previous filters; new ones are loading. */
  readonly isOld: boolean;
}

export function RatingList({ ratings, isOld }: RatingListProps) {
  return (
    <ol className={styles.lines} aria-label={t("ratings.list")} aria-busy={isOld}>
      {ratings.map((rating) => (
        <Line key={rating.id} rating={rating} />
      ))}
    </ol>
  );
}

const toneOf = (score: number) => (score >= 4 ? styles.good : score === 3 ? styles.middling : styles.bad);

const nameOf = ({ chat_title }: Survey): string => formatPhoneOrNull(firstShown(chat_title)) ?? t("ratings.unknownChat");

function Line({ rating }: { readonly rating: Survey }) {
  const account = useAccounts().data?.find(({ id }) => id === rating.account_id);
  const { score, comment, answered_at: at } = rating;
  return (
    <li className={styles.line} data-testid="rating">
      <span className={classes(styles.score, toneOf(score))}>
        <span aria-hidden="true">{score}</span>
        <span className="visually-hidden">{t("ratings.of", { score })}</span>
      </span>
      <div className={styles.words}>
        <Link className={styles.chat} to={`/inbox/${rating.account_id}/${rating.chat_id}`} translate="no">{nameOf(rating)}</Link>
        {comment !== null && <p className={styles.comment} dir="auto"><Text>{comment}</Text></p>}
        <p className={styles.about}>
          <bdi translate="no">{nameRated(rating.user)}</bdi>
          {account !== undefined && <bdi translate="no">{nameAccount(account)}</bdi>}
        </p>
      </div>
      <Time className={styles.at} at={at}>{formatExact(at)}</Time>
    </li>
  );
}
