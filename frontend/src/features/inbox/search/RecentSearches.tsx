/** The latest searches of this device, while the empty field has the focus. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { forgetSearches, readSearches } from "./recentSearches";
import { focusSearch, useSearch } from "./searchContext";
import styles from "./search-filters.module.css";

export function RecentSearches({ userId }: { readonly userId: number | null }) {
  const { change } = useSearch();
  const [searches, setSearches] = useState(() => readSearches(userId));
  if (searches.length === 0) return null;
  const forget = () => {
    forgetSearches(userId);
    setSearches([]);
    focusSearch();
  };
  const repeat = (text: string) => {
    change({ text });
    focusSearch();
  };
  return (
    <section className={styles.recent} aria-label={t("search.recent")} data-testid="recent-searches">
      <div className={styles.recentHead}>
        <h2>{t("search.recent")}</h2>
        <Button tone="quiet" size="small" onClick={forget}>
          {t("search.recent.clear")}
        </Button>
      </div>
      {searches.map((text) => (
        <button key={text} type="button" className={styles.recentLine} onClick={() => repeat(text)}>
          <Icon name="history" size={16} />
          <Exact>{text}</Exact>
        </button>
      ))}
    </section>
  );
}
