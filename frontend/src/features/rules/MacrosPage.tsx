/** The macros in the settings: created, changed, deleted. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { useMacros } from "@/lib/macros";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { isolate } from "@/lib/texts";
import type { Macro } from "@/types/wire";
import { MacroDialog } from "./MacroDialog";
import { describeActions } from "./ruleTexts";
import panelStyles from "@/components/panels.module.css";

/** Null: none is open; "new": one is created. */
type Opened = Macro | "new" | null;

export function MacrosPage() {
  const macros = useMacros(true, READ_WHEN_OPENED);
  const [opened, setOpened] = useState<Opened>(null);
  return (
    <>
      <section className={panelStyles.panel} aria-labelledby="macros-title">
        <div className={panelStyles.head}>
          <h2 id="macros-title">{t("macros.title")}</h2>
          <Button tone="primary" onClick={() => setOpened("new")} data-testid="macro-new">{t("macros.new")}</Button>
        </div>
        <p>{t("macros.about")}</p>
      </section>
      <MacroList macros={macros} onOpen={setOpened} />
      {opened !== null && <MacroDialog macro={opened === "new" ? null : opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface MacroListProps {
  readonly macros: ReturnType<typeof useMacros>;
  readonly onOpen: (macro: Macro) => void;
}

function MacroList({ macros: { data, isError, error, refetch }, onOpen }: MacroListProps) {
  if (data === undefined) {
    if (isError) return <ErrorState title={t("macros.failed")} message={describeError(error)} onRetry={() => void refetch()} />;
    return (
      <Loading label={t("macros.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  if (data.length === 0) return <EmptyState icon="automatic" title={t("macros.empty")}>{t("macros.emptyText")}</EmptyState>;
  return (
    <ul className={panelStyles.entries} aria-label={t("macros.title")}>
      {data.map((macro) => (
        <li key={macro.id} className={panelStyles.entry} data-testid="macro">
          <div className={panelStyles.entryText}>
            <strong><bdi translate="no">{macro.name}</bdi></strong>
            <span>{describeActions(macro.actions)}</span>
            <span>{macro.is_for_all ? t("macros.forAll") : macro.teams.map(({ name }) => name).join(", ")}</span>
          </div>
          {macro.may_change && (
            <Button size="small" tone="quiet" aria-label={t("rules.editOf", { name: isolate(macro.name) })} onClick={() => onOpen(macro)} data-testid="macro-edit">{t("rules.edit")}</Button>
          )}
        </li>
      ))}
    </ul>
  );
}
