/** Changes what the team records about a contact: its own name for them, and the values of fields. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { useContactRoutes, type ContactChanges } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import { isolate } from "@/lib/texts";
import type { ContactField, ContactRecord } from "@/types/wire";
import { storeContact } from "./contactQueries";
import { FieldInput } from "./FieldInput";
import { draftOf, isSameDraft, readDraft, valueOf, type Draft } from "./values";
import styles from "./contacts.module.css";

interface EditContactProps {
  readonly contact: ContactRecord;
  readonly fields: readonly ContactField[];
  /** The field that has the focus first; null: what is first in the form. */
  readonly startAt: number | null;
  readonly onClose: () => void;
}

type Drafts = Readonly<Record<number, Draft>>;

function useForm(contact: ContactRecord, fields: readonly ContactField[]) {
  const [name, setName] = useState(contact.own_name ?? "");
  const [drafts, setDrafts] = useState<Drafts>({});
  const draft = (field: ContactField): Draft => drafts[field.id] ?? draftOf(field, valueOf(contact, field));
  const set = (field: ContactField, value: Draft) => setDrafts({ ...drafts, [field.id]: value });
  const changed = fields.filter((field) => !isSameDraft(draft(field), draftOf(field, valueOf(contact, field))));
  const changes: ContactChanges = {
    ...(name.trim() !== (contact.own_name ?? "") && { own_name: name.trim() === "" ? null : name.trim() }),
    ...(changed.length > 0 && { fields: Object.fromEntries(changed.map((field) => [field.id, readDraft(field, draft(field))])) }),
  };
  return { name, setName, draft, set, changes };
}

function useSaving(contact: ContactRecord, onDone: () => void) {
  const api = useContactRoutes();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: ContactChanges) => api.changeContact(contact, changes),
    onSuccess: (done) => {
      storeContact(client, done);
      onDone();
    },
  });
}

/** After the dialog has opened, which takes the focus itself. */
function useStart(startAt: number | null) {
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (startAt !== null) first.current?.querySelector<HTMLElement>("input, select")?.focus();
  }, [startAt]);
  return first;
}

export function EditContact({ contact, fields, startAt, onClose }: EditContactProps) {
  const first = useStart(startAt);
  const form = useForm(contact, fields);
  const save = useSaving(contact, onClose);
  const problemOf = (field: ContactField) => fieldProblem(save.error, `fields.${field.id}`) ?? undefined;
  const isExplained = fields.some((field) => problemOf(field) !== undefined);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (Object.keys(form.changes).length === 0) onClose();
    else save.mutate(form.changes);
  };
  return (
    <Dialog title={t("records.editTitle")} variant="wide" onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate data-testid="contact-form">
        <TextField
          label={t("records.ownName")}
          hint={contact.whatsapp_name === null ? undefined : t("records.whatsappName", { name: isolate(contact.whatsapp_name) })}
          maxLength={200}
          dir="auto"
          value={form.name}
          onChange={(event) => form.setName(event.target.value)}
          data-testid="contact-own-name"
        />
        {fields.map((field) => (
          <div key={field.id} ref={field.id === startAt ? first : undefined} className={styles.input}>
            <FieldInput field={field} draft={form.draft(field)} error={problemOf(field)} onChange={(draft) => form.set(field, draft)} />
          </div>
        ))}
        <div aria-live="polite">{save.isError && !isExplained && <Notice tone="bad">{describeError(save.error)}</Notice>}</div>
        <div className={styles.buttons}>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" isBusy={save.isPending} data-testid="contact-save">{t("records.save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
