/** The audit log: newest first, filtered by action, user and day, and as a CSV file. */
import { useState } from "react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { AuditFilter } from "@/lib/api/routes";
import { saveBlob } from "@/lib/saveBlob";
import type { AuditLine } from "@/types/wire";
import { AuditFilters, askFor, NOTHING_CHOSEN, type Choice } from "./AuditFilters";
import { AuditTable } from "./AuditTable";
import styles from "./audit.module.css";

function useLines(filter: AuditFilter) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) => api.listAudit(filter, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });
}

export function AuditPage() {
  const [choice, setChoice] = useState<Choice>(NOTHING_CHOSEN);
  const filter = askFor(choice);
  const setActor = ({ actor_id, actor }: AuditLine) => {
    if (actor_id !== null) setChoice({ ...choice, actor: { id: actor_id, name: actor } });
  };
  return (
    <Page
      title={t("audit.title")}
      about={t("audit.about")}
      action={<SaveButton filter={filter} />}
    >
      <AuditFilters choice={choice} onChoose={setChoice} />
      <Lines filter={filter} onActor={setActor} />
    </Page>
  );
}

function SaveButton({ filter }: { readonly filter: AuditFilter }) {
  const api = useApi();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      saveBlob(await api.exportAudit(filter), "audit.csv");
    } catch (error) {
      setProblem(describeError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Button isBusy={isBusy} onClick={() => void save()} data-testid="audit-save">
        <Icon name="download" size={18} />
        <Text>{t("audit.save")}</Text>
      </Button>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
    </div>
  );
}

interface LinesProps {
  readonly filter: AuditFilter;
  readonly onActor: (line: AuditLine) => void;
}

function Lines({ filter, onActor }: LinesProps) {
  const query = useLines(filter);
  const lines = query.data?.pages.flatMap(({ items }) => items);
  if (lines === undefined) {
    if (query.isError) {
      const retry = () => void query.refetch();
      return <ErrorState title={t("audit.failed")} message={describeError(query.error)} onRetry={retry} />;
    }
    return (
      <Loading label={t("audit.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (lines.length === 0) {
    return (
      <EmptyState icon="audit" title={t("audit.empty.title")}>
        {t("audit.empty.text")}
      </EmptyState>
    );
  }
  return (
    <>
      <AuditTable lines={lines} onActor={onActor} isOld={query.isPlaceholderData} />
      {query.isFetchNextPageError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {query.hasNextPage && (
        <Button isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} data-testid="audit-more">
          {t("audit.more")}
        </Button>
      )}
    </>
  );
}
