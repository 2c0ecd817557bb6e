/** Above the composer: that the number is closed, and when it opens. */
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useHours } from "@/lib/hours";
import { formatUntil } from "@/lib/time";
import type { Account } from "@/types/wire";
import styles from "./outside-hours.module.css";

export function OutsideHours({ account }: { readonly account: Account }) {
  const hours = useHours(account);
  if (hours === undefined || hours.is_open) return null;
  const text = hours.changes_at === null ? t("hours.outsideOnly") : t("hours.outside", { time: formatUntil(hours.changes_at) });
  return (
    <p className={styles.outside} data-testid="outside-hours">
      <Icon name="waiting" size={15} />
      <Text>{text}</Text>
    </p>
  );
}
