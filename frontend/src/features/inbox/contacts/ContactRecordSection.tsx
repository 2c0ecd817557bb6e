/** What the team records about a contact: its labels, and the fields that are filled in. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { Exact } from "@/components/Text";
import { LabelChip } from "@/features/inbox/labels/LabelChip";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { t } from "@/i18n/translate";
import type { ContactRef } from "@/lib/api/contactRecords";
import type { ContactField, ContactRecord, FieldValue } from "@/types/wire";
import { ContactLabels } from "./ContactLabels";
import { useContact, useFields, useMayEdit } from "./contactQueries";
import { EditContact } from "./EditContact";
import { formatValue, valueOf } from "./values";
import styles from "./contacts.module.css";

export function ContactRecordSection({ contact: ref }: { readonly contact: ContactRef }) {
  const contact = useContact(ref).data;
  const fields = useFields().data;
  const mayEdit = useMayEdit(ref);
  if (contact === undefined || fields === undefined) return null;
  const shown = fields.filter((field) => valueOf(contact, field) !== undefined);
  if (shown.length === 0 && contact.labels.length === 0 && !mayEdit) return null;
  return (
    <section className={styles.section} aria-label={t("records.title")} data-testid="contact-record">
      <div className={styles.sectionHead}>
        <h2>{t("records.title")}</h2>
        {mayEdit && <EditButton contact={contact} fields={fields} />}
      </div>
      {mayEdit ? <ContactLabels contact={contact} /> : <ShownLabels contact={contact} />}
      {shown.length > 0 && (
        <dl className={styles.values}>
          {shown.map((field) => <Row key={field.id} field={field} value={valueOf(contact, field) ?? ""} />)}
        </dl>
      )}
    </section>
  );
}

function EditButton({ contact, fields }: { readonly contact: ContactRecord; readonly fields: readonly ContactField[] }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button size="small" tone="quiet" onClick={() => setIsOpen(true)} data-testid="contact-edit">{t("records.edit")}</Button>
      {isOpen && <EditContact contact={contact} fields={fields} onClose={() => setIsOpen(false)} />}
    </>
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
