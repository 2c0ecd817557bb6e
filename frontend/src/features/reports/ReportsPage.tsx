/** Reports: how fast the team answers and closes, compared with the period before, down to each chat. */
import { useCallback, useState } from "react";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { FactFilter } from "@/lib/api/reports";
import { filterOf, lastDays, type Choice } from "./choice";
import { FactsDialog } from "./FactsDialog";
import { Filters } from "./Filters";
import { MeasureGroups, TargetGroups } from "./Groups";
import { BacklogPlot, hasTargets, MeasurePlots } from "./Plots";
import { useReport } from "./queries";
import { SaveButton } from "./SaveButton";
import { Tiles } from "./Tiles";
import { Volume } from "./Volume";
import styles from "./reports.module.css";

const START_DAYS = 28;

export function ReportsPage() {
  const api = useApi();
  const [choice, setChoice] = useState<Choice>(() => ({ ...lastDays(START_DAYS), clock: "all", measure: "first_reply", accountId: null, only: null }));
  const facts = { ...filterOf(choice), measure: choice.measure };
  const save = <SaveButton name={`${facts.measure}-${facts.since}-${facts.until}.csv`} load={() => api.exportReport(facts)} testId="report-save" />;
  return (
    <Page title={t("reports.title")} about={t("reports.about")} action={save}>
      <Filters choice={choice} onChoose={setChoice} />
      <Figures choice={choice} onChoose={setChoice} />
      <p className="muted">{t("reports.rules")}</p>
    </Page>
  );
}

interface FiguresProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

function Figures({ choice, onChoose }: FiguresProps) {
  const filter = filterOf(choice);
  const query = useReport(filter);
  const [opened, setOpened] = useState<Partial<FactFilter> | null>(null);
  const open = useCallback((changes: Partial<FactFilter>) => setOpened(changes), []);
  const report = query.data;
  if (report === undefined) {
    if (query.isError) return <ErrorState title={t("reports.failed")} message={describeError(query.error)} onRetry={() => void query.refetch()} />;
    return (
      <Loading label={t("reports.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <>
      {query.isError && <Notice tone="bad">{describeError(query.error)}</Notice>}
      {!report.is_complete && <Notice tone="info">{t("reports.incomplete")}</Notice>}
      <Tiles report={report} chosen={choice.measure} onChoose={(measure) => onChoose({ ...choice, measure })} onOpen={(measure, target) => open({ measure, ...(target !== undefined && { target }) })} />
      <MeasurePlots report={report} measure={choice.measure} isBusy={query.isPlaceholderData} onOpen={open} />
      <MeasureGroups choice={choice} onChoose={onChoose} onOpen={open} />
      {report.measures.some((own) => own.measure === choice.measure && hasTargets(own)) && <TargetGroups choice={choice} onChoose={onChoose} onOpen={open} />}
      <BacklogPlot filter={filter} onOpen={open} />
      {(choice.only === null || choice.only.kind === "user") && <Volume choice={choice} onChoose={onChoose} />}
      {opened !== null && <FactsDialog filter={{ ...filter, measure: choice.measure, ...opened }} onClose={() => setOpened(null)} />}
    </>
  );
}
