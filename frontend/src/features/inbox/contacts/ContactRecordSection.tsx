/** What the team records about a contact: its labels and fields. Members who only read see those that are filled in. */
import { useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Exact } from "@/components/Text";
import { LabelChip } from "@/features/inbox/labels/LabelChip";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { t } from "@/i18n/translate";
import type { ContactRef } from "@/lib/api/contactRecords";
import { isolate } from "@/lib/texts";
import type { ContactField, ContactRecord, FieldValue } from "@/types/wire";
import { ContactLabels } from "./ContactLabels";
import { useContact, useFields, useMayEdit } from "./contactQueries";
import { EditContact } from "./EditContact";
import { formatValue, valueOf } from "./values";
import styles from "./contacts.module.css";

/** Which field the form starts at; "all": it was opened as a whole. */
type Start = number | "all" | null;

export function ContactRecordSection({ contact: ref }: { readonly contact: ContactRef }) {
  const contact = useContact(ref).data;
  const fields = useFields().data;
  const mayEdit = useMayEdit(ref);
  if (contact === undefined || fields === undefined) return null;
  if (mayEdit) return <Editable contact={contact} fields={fields} />;
  const shown = fields.filter((field) => valueOf(contact, field) !== undefined);
  if (shown.length === 0 && contact.labels.length === 0) return null;
  return (
    <section className={styles.section} aria-label={t("records.title")} data-testid="contact-record">
      <h2>{t("records.title")}</h2>
      <ShownLabels contact={contact} />
      <Values contact={contact} fields={shown} />
    </section>
  );
}

interface RecordProps {
  readonly contact: ContactRecord;
  readonly fields: readonly ContactField[];
}

/** What is empty is shown too, and starts the form at its own field. */
function Editable({ contact, fields }: RecordProps) {
  const [start, setStart] = useState<Start>(null);
  const section = useRef<HTMLElement>(null);
  const close = () => {
    setStart(null);
    // What opened the form may have become a value: the focus goes on from the head of the section.
    section.current?.querySelector<HTMLElement>("button")?.focus();
  };
  return (
    <section ref={section} className={styles.section} aria-label={t("records.title")} data-testid="contact-record">
      <div className={styles.sectionHead}>
        <h2>{t("records.title")}</h2>
        <Button size="small" tone="quiet" onClick={() => setStart("all")} data-testid="contact-edit">{t("records.edit")}</Button>
      </div>
      <ContactLabels contact={contact} />
      <Values contact={contact} fields={fields} onAdd={setStart} />
      {start !== null && <EditContact contact={contact} fields={fields} startAt={start === "all" ? null : start} onClose={close} />}
    </section>
  );
}

function Values({ contact, fields, onAdd }: RecordProps & { readonly onAdd?: (fieldId: number) => void }) {
  if (fields.length === 0) return null;
  return (
    <dl className={styles.values}>
      {fields.map((field) => {
        const value = valueOf(contact, field);
        return value === undefined ? <EmptyRow key={field.id} field={field} onAdd={() => onAdd?.(field.id)} /> : <Row key={field.id} field={field} value={value} />;
      })}
    </dl>
  );
}

function EmptyRow({ field, onAdd }: { readonly field: ContactField; readonly onAdd: () => void }) {
  return (
    <div data-testid="contact-value-empty">
      <dt translate="no">{field.name}</dt>
      <dd>
        <button type="button" className={styles.add} onClick={onAdd} aria-label={t("records.addValueOf", { field: isolate(field.name) })}>{t("records.addValue")}</button>
      </dd>
    </div>
  );
}

function ShownLabels({ contact }: { readonly contact: ContactRecord }) {
  const labels = useLabelList().data ?? [];
  const shown = labels.filter(({ id }) => contact.labels.includes(id));
  if (shown.length === 0) return null;
  return <p className={styles.labels}>{shown.map((label) => <LabelChip key={label.id} label={label} />)}</p>;
}

function Row({ field, value }: { readonly field: ContactField; readonly value: FieldValue }) {
  return (
    <div data-testid="contact-value">
      <dt translate="no">{field.name}</dt>
      <dd dir="auto"><Value field={field} value={value} /></dd>
    </div>
  );
}

function Value({ field, value }: { readonly field: ContactField; readonly value: FieldValue }) {
  const text = formatValue(field, value);
  // The server stores http and https only.
  if (field.kind === "link") return <a href={String(value)} target="_blank" rel="noopener noreferrer"><Exact>{text.replace(/^https?:\/\//, "")}</Exact></a>;
  if (field.kind === "email") return <a href={`mailto:${String(value)}`}><Exact>{text}</Exact></a>;
  return <Exact>{text}</Exact>;
}
