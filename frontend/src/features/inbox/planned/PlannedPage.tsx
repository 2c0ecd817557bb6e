/** All planned messages, of every number, by day: what waits, or what could not be sent. */
import { useState } from "react";
import { useSearchParams } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Select } from "@/components/Select";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import type { PlannedFilter } from "@/lib/api/planned";
import panelStyles from "@/components/panels.module.css";
import { PlannedDays } from "./PlannedDays";
import { useAllPlanned } from "./useAllPlanned";
import styles from "./planned-page.module.css";

/** In the address, so that a filtered list can be shared. */
function useFilter() {
  const [query, setQuery] = useSearchParams();
  const filter: PlannedFilter = { state: query.get("state") === "failed" ? "failed" : "planned", isOwn: query.get("author") === "me" };
  const choose = (next: PlannedFilter) => {
    setQuery({ ...(next.state === "failed" && { state: "failed" }), ...(next.isOwn && { author: "me" }) }, { replace: true });
  };
  return { filter, choose };
}

export function PlannedPage() {
  const { filter, choose } = useFilter();
  return (
    <Page title={t("planned.title")} about={t("planned.about")} action={<Filters filter={filter} onChoose={choose} />}>
      <List filter={filter} />
    </Page>
  );
}

interface FiltersProps {
  readonly filter: PlannedFilter;
  readonly onChoose: (filter: PlannedFilter) => void;
}

function Filters({ filter, onChoose }: FiltersProps) {
  return (
    <div className={styles.filters}>
      <Select
        label={t("planned.whose")}
        isLabelHidden
        value={filter.isOwn ? "me" : "all"}
        onChange={(event) => onChoose({ ...filter, isOwn: event.target.value === "me" })}
        data-testid="planned-whose"
      >
        <option value="all">{t("planned.all")}</option>
        <option value="me">{t("planned.mine")}</option>
      </Select>
      <Select
        label={t("planned.state")}
        isLabelHidden
        value={filter.state}
        onChange={(event) => onChoose({ ...filter, state: event.target.value === "failed" ? "failed" : "planned" })}
        data-testid="planned-state"
      >
        <option value="planned">{t("planned.waiting")}</option>
        <option value="failed">{t("planned.notSent")}</option>
      </Select>
    </div>
  );
}

function List({ filter }: { readonly filter: PlannedFilter }) {
  const [problem, setProblem] = useState<string | null>(null);
  const list = useAllPlanned(filter);
  if (list.planned === undefined) {
    if (list.isError) return <ErrorState title={t("planned.loadFailed")} message={describeError(list.error)} onRetry={() => void list.refetch()} />;
    return (
      <Loading label={t("planned.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  return (
    <>
      <div aria-live="polite">{problem !== null && <Notice tone="bad">{problem}</Notice>}</div>
      {list.planned.length === 0 ? (
        <Nothing isFailed={filter.state === "failed"} />
      ) : (
        <PlannedDays planned={list.planned} isOld={list.isPlaceholderData} onProblem={setProblem} onSettled={list.renew} />
      )}
      {list.isFetchNextPageError && <Notice tone="bad">{describeError(list.error)}</Notice>}
      {list.hasNextPage && (
        <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="planned-more">
          {t("planned.more")}
        </Button>
      )}
    </>
  );
}

function Nothing({ isFailed }: { readonly isFailed: boolean }) {
  return isFailed ? (
    <EmptyState icon="check" title={t("planned.noneFailed")}>
      {t("planned.noneFailedText")}
    </EmptyState>
  ) : (
    <EmptyState icon="history" title={t("planned.empty")}>
      {t("planned.emptyText")}
    </EmptyState>
  );
}
