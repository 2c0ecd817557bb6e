/** The saved views in the settings: renamed, moved, deleted. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useCan, useMe } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { View } from "@/types/wire";
import { refreshViews, useViews } from "./viewQueries";
import styles from "@/components/panels.module.css";
import pageStyles from "@/features/inbox/labels/labels-page.module.css";

const NAME_LENGTH = 60;

export function ViewsPage() {
  const views = useViews();
  if (views.data === undefined) {
    if (views.isError) return <ErrorState title={t("views.failed")} message={describeError(views.error)} onRetry={() => void views.refetch()} />;
    return (
      <Loading label={t("views.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (views.data.length === 0) {
    return (
      <EmptyState icon="view" title={t("views.empty")}>
        {t("views.about")}
      </EmptyState>
    );
  }
  return (
    <ul className={styles.entries} aria-label={t("views.title")}>
      {views.data.map((view) => (
        <ViewRow key={view.id} view={view} />
      ))}
    </ul>
  );
}

/** Shared views are changed by who created them, and by admins. */
function useMayChange({ shared, created_by }: View): boolean {
  const userId = useMe().data?.user.id ?? null;
  const mayManage = useCan()("manage_people");
  return !shared || mayManage || (userId !== null && userId === created_by);
}

function ViewRow({ view }: { readonly view: View }) {
  const mayChange = useMayChange(view);
  return (
    <li className={styles.entry} data-testid="saved-view">
      <div className={styles.entryText}>
        <strong translate="no">{view.name}</strong>
        <span>{t(view.shared ? "labels.shared" : "labels.private")}</span>
      </div>
      {mayChange && <ViewActions view={view} />}
    </li>
  );
}

function ViewActions({ view }: { readonly view: View }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(view.name);
  const onSettled = () => refreshViews(client);
  const change = useMutation({ mutationFn: (body: { name?: string; position?: number }) => api.changeView(view.id, body), onSettled });
  const remove = useMutation({ mutationFn: () => api.deleteView(view.id), onSettled });
  const isolated = isolate(view.name);
  const error = change.error ?? remove.error;
  return (
    <>
      <input className={pageStyles.name} aria-label={t("labels.nameOf", { name: isolated })} maxLength={NAME_LENGTH} value={name} onChange={(event) => setName(event.target.value)} data-testid="view-rename" />
      <Button size="small" disabled={name.trim() === "" || name.trim() === view.name} isBusy={change.isPending} aria-label={t("labels.renameOf", { name: isolated })} onClick={() => change.mutate({ name: name.trim() })}>
        {t("labels.rename")}
      </Button>
      <IconButton label={t("views.up", { name: isolated })} disabled={view.position === 0} onClick={() => change.mutate({ position: view.position - 1 })}>
        <Icon name="up" />
      </IconButton>
      <Button size="small" tone="quiet" isBusy={remove.isPending} aria-label={t("labels.deleteOf", { name: isolated })} onClick={() => remove.mutate()} data-testid="view-delete">
        {t("labels.delete")}
      </Button>
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
    </>
  );
}
