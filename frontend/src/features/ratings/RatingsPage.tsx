/** How contacts rated their conversations: averages, each rating, and all as a CSV file. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { SurveyFilter } from "@/lib/api/surveys";
import { saveBlob } from "@/lib/saveBlob";
import { RatingFilters } from "./RatingFilters";
import { RatingList } from "./RatingList";
import { RatingSummary } from "./RatingSummary";
import { filterOf, useChoice, useLiveRatings, useRatings, useSummary } from "./useRatings";
import styles from "./ratings.module.css";

export function RatingsPage() {
  const { choice, choose } = useChoice();
  const filter = filterOf(choice);
  // The average of one score would be that score.
  const summary = useSummary(filterOf({ ...choice, score: "" }));
  return (
    <Page title={t("ratings.title")} about={t("ratings.about")} action={<SaveButton filter={filter} />}>
      <RatingFilters choice={choice} onChoose={choose} />
      {summary !== undefined && summary.total.asked > 0 && <RatingSummary summary={summary} />}
      <Ratings filter={filter} />
    </Page>
  );
}

function SaveButton({ filter }: { readonly filter: SurveyFilter }) {
  const api = useApi();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      saveBlob(await api.exportSurveys(filter), "ratings.csv");
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Button isBusy={isBusy} onClick={() => void save()} data-testid="ratings-save">
        <Icon name="download" size={18} />
        <Text>{t("ratings.save")}</Text>
      </Button>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
    </div>
  );
}

function Ratings({ filter }: { readonly filter: SurveyFilter }) {
  const query = useRatings(filter);
  const ratings = query.data?.pages.flatMap(({ items }) => items);
  useLiveRatings(ratings ?? []);
  if (ratings === undefined) {
    if (query.isError) return <ErrorState title={t("ratings.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />;
    return (
      <Loading label={t("ratings.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (ratings.length === 0) return <Nothing isFiltered={Object.keys(filter).length > 0} />;
  return (
    <>
      <RatingList ratings={ratings} isOld={query.isPlaceholderData} />
      {query.isFetchNextPageError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} data-testid="ratings-more">
          {t("ratings.more")}
        </Button>
      )}
    </>
  );
}

function Nothing({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <EmptyState icon="star" title={t(isFiltered ? "ratings.nothing.title" : "ratings.empty.title")}>
      {t(isFiltered ? "ratings.nothing.text" : "ratings.empty.text")}
    </EmptyState>
  );
}
