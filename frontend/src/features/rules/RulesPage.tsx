/** The rules in the settings: ordered, switched on and off, changed, and what they did. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Rule } from "@/types/wire";
import { useChangeRule, useRules } from "./queries";
import { OrderedEntries } from "./OrderedEntries";
import { RuleDialog } from "./RuleDialog";
import { RunsDialog } from "./RunsDialog";
import { describeLastRun, describeRule } from "./ruleTexts";
import panelStyles from "@/components/panels.module.css";

type Opened = { readonly kind: "edit"; readonly rule: Rule | null } | { readonly kind: "runs"; readonly rule: Rule } | null;

export function RulesPage() {
  const rules = useRules();
  const [opened, setOpened] = useState<Opened>(null);
  const close = () => setOpened(null);
  return (
    <>
      <section className={panelStyles.panel} aria-labelledby="rules-title">
        <div className={panelStyles.head}>
          <h2 id="rules-title">{t("rules.title")}</h2>
          <Button tone="primary" onClick={() => setOpened({ kind: "edit", rule: null })} data-testid="rule-new">{t("rules.new")}</Button>
        </div>
        <p>{t("rules.about")}</p>
      </section>
      <RuleList rules={rules} onOpen={setOpened} />
      {opened?.kind === "edit" && <RuleDialog rule={opened.rule} onClose={close} />}
      {opened?.kind === "runs" && <RunsDialog rule={opened.rule} onClose={close} />}
    </>
  );
}

interface RuleListProps {
  readonly rules: ReturnType<typeof useRules>;
  readonly onOpen: (opened: Opened) => void;
}

function RuleList({ rules: { data, isError, error, refetch }, onOpen }: RuleListProps) {
  const change = useChangeRule();
  if (data === undefined) {
    if (isError) return <ErrorState title={t("rules.failed")} message={describeError(error)} onRetry={() => void refetch()} />;
    return (
      <Loading label={t("rules.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  if (data.length === 0) return <EmptyState icon="automatic" title={t("rules.empty")}>{t("rules.emptyText")}</EmptyState>;
  return (
    <>
      {change.error !== null && <Notice tone="bad">{describeError(change.error)}</Notice>}
      <OrderedEntries
        label={t("rules.title")}
        entries={data}
        testId="rule"
        describe={(rule) => [describeRule(rule), describeLastRun(rule)]}
        onSwitch={({ id }, is_on) => change.mutate({ id, body: { is_on } })}
        onMove={({ id }, after_id) => change.mutate({ id, body: { after_id } })}
        renderActions={(rule) => <RuleActions rule={rule} onOpen={onOpen} />}
      />
    </>
  );
}

function RuleActions({ rule, onOpen }: { readonly rule: Rule; readonly onOpen: (opened: Opened) => void }) {
  const name = isolate(rule.name);
  return (
    <>
      <Button size="small" tone="quiet" aria-label={t("rules.runsOf", { name })} onClick={() => onOpen({ kind: "runs", rule })} data-testid="rule-runs">{t("rules.runs")}</Button>
      {rule.may_change && <Button size="small" tone="quiet" aria-label={t("rules.editOf", { name })} onClick={() => onOpen({ kind: "edit", rule })} data-testid="rule-edit">{t("rules.edit")}</Button>}
    </>
  );
}
