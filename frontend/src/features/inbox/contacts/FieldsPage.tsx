/** The fields of contacts in the settings: defined, renamed, deleted. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { TextField } from "@/components/TextField";
import panelStyles from "@/components/panels.module.css";
import fieldStyles from "@/components/field.module.css";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { isBlank, isolate } from "@/lib/texts";
import type { ContactField, FieldKind } from "@/types/wire";
import { refreshFields, useFields } from "./contactQueries";
import { hasOptions, KIND_NAMES, KINDS } from "./values";
import styles from "./contacts.module.css";

/** Null: none is open; "new": one is created. */
type Opened = ContactField | "new" | null;

export function FieldsPage() {
  const fields = useFields();
  const [opened, setOpened] = useState<Opened>(null);
  return (
    <>
      <section className={panelStyles.panel} aria-labelledby="fields-title">
        <div className={panelStyles.head}>
          <h2 id="fields-title">{t("records.fields")}</h2>
          <Button tone="primary" onClick={() => setOpened("new")} data-testid="field-new">{t("records.newField")}</Button>
        </div>
        <p>{t("records.fieldsAbout")}</p>
      </section>
      <FieldList fields={fields} onOpen={setOpened} />
      {opened !== null && <FieldDialog field={opened === "new" ? null : opened} onClose={() => setOpened(null)} />}
    </>
  );
}

interface FieldListProps {
  readonly fields: ReturnType<typeof useFields>;
  readonly onOpen: (field: ContactField) => void;
}

function FieldList({ fields, onOpen }: FieldListProps) {
  if (fields.data === undefined) {
    if (fields.isError) return <ErrorState title={t("records.failed")} message={describeError(fields.error)} onRetry={() => void fields.refetch()} />;
    return <Loading label={t("records.loading")}><Skeleton className={panelStyles.skeleton} /></Loading>;
  }
  if (fields.data.length === 0) return <EmptyState icon="people" title={t("records.noFields")}>{t("records.noFieldsText")}</EmptyState>;
  return (
    <ul className={panelStyles.entries} aria-label={t("records.fields")}>
      {fields.data.map((field) => (
        <li key={field.id} className={panelStyles.entry} data-testid="field">
          <div className={panelStyles.entryText}>
            <strong><bdi translate="no">{field.name}</bdi></strong>
            <span>{[t(KIND_NAMES[field.kind]), ...(field.options.length > 0 ? [field.options.join(", ")] : [])].join(" · ")}</span>
          </div>
          <Button size="small" tone="quiet" onClick={() => onOpen(field)} aria-label={t("records.editFieldOf", { name: isolate(field.name) })} data-testid="field-edit">
            {t("records.edit")}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function missingIn(name: string, kind: FieldKind, options: readonly string[]): string | null {
  if (isBlank(name)) return t("rules.missing.name");
  return hasOptions(kind) && options.length === 0 ? t("records.missing.options") : null;
}

function useForm(field: ContactField | null) {
  const [name, setName] = useState(field?.name ?? "");
  const [kind, setKind] = useState<FieldKind>(field?.kind ?? "text");
  const [lines, setLines] = useState(field?.options.join("\n") ?? "");
  const options = hasOptions(kind) ? lines.split("\n").map((line) => line.trim()).filter((line) => line !== "") : [];
  const missing = missingIn(name, kind, options);
  return { name, setName, kind, setKind, lines, setLines, options, missing };
}

function useSaving(field: ContactField | null, form: ReturnType<typeof useForm>, onDone: () => void) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const { name, kind, options } = form;
  const settled = { onSuccess: onDone, onSettled: () => refreshFields(client) };
  const save = useMutation({
    mutationFn: () => (field === null ? api.createField({ name: name.trim(), kind, options }) : api.changeField(field.id, { name: name.trim(), ...(hasOptions(kind) && { options }) })),
    ...settled,
  });
  const remove = useMutation({ mutationFn: () => (field === null ? Promise.resolve(undefined) : api.deleteField(field.id)), ...settled });
  return { save, remove };
}

function FieldDialog({ field, onClose }: { readonly field: ContactField | null; readonly onClose: () => void }) {
  const form = useForm(field);
  const [isSure, setIsSure] = useState(false);
  const { save, remove } = useSaving(field, form, onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const error = save.error ?? remove.error;
  return (
    <Dialog title={t(field === null ? "records.newField" : "records.changeField")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} data-testid="field-form">
        <TextField label={t("records.fieldName")} required maxLength={60} value={form.name} onChange={(event) => form.setName(event.target.value)} data-testid="field-name" />
        <Select label={t("records.fieldKind")} value={form.kind} disabled={field !== null} onChange={(event) => form.setKind(event.target.value as FieldKind)} data-testid="field-kind">
          {KINDS.map((kind) => <option key={kind} value={kind}>{t(KIND_NAMES[kind])}</option>)}
        </Select>
        {hasOptions(form.kind) && (
          <div className={fieldStyles.field}>
            <label htmlFor="field-options">{t("records.options")}</label>
            <textarea id="field-options" rows={5} dir="auto" value={form.lines} onChange={(event) => form.setLines(event.target.value)} data-testid="field-options" />
          </div>
        )}
        <div aria-live="polite">
          {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
          {isSure && <Notice tone="warn">{t("records.deleteFieldText")}</Notice>}
        </div>
        <DialogButtons missing={form.missing}>
          {field !== null && (
            <Button tone="danger" className={styles.delete} isBusy={remove.isPending} onClick={() => (isSure ? remove.mutate() : setIsSure(true))} data-testid="field-delete">
              {t(isSure ? "records.deleteField" : "app.delete")}
            </Button>
          )}
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={form.missing !== null} isBusy={save.isPending} data-testid="field-save">{t("records.save")}</Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
