/** Who else this contact is: merged by hand, and separated again. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { ContactRecord } from "@/types/wire";
import { refreshContacts, useMayEdit } from "./contactQueries";
import { MergeDialog } from "./MergeDialog";
import { describeContact, nameContact } from "./nameContact";
import styles from "./contacts.module.css";

export function MergeSection({ contact }: { readonly contact: ContactRecord }) {
  const mayEdit = useMayEdit(contact);
  const [isOpen, setIsOpen] = useState(false);
  if (contact.merged_into !== null) return <MergedInto contact={contact} mainId={contact.merged_into} mayEdit={mayEdit} />;
  if (contact.merged.length === 0 && !mayEdit) return null;
  return (
    <section className={styles.section} aria-label={t("records.merged")} data-testid="contact-merged">
      {contact.merged.length > 0 && <h2>{t("records.merged")}</h2>}
      {contact.merged.map((other) => (
        <p key={other.id} className={styles.sectionHead}>
          <span className={styles.words}>
            <span className={styles.name} dir="auto"><Exact>{nameContact(other)}</Exact></span>
            <span className={styles.quiet} dir="auto"><Exact>{describeContact(other)}</Exact></span>
          </span>
          {mayEdit && <Separate accountId={contact.account_id} contactId={other.id} name={nameContact(other)} />}
        </p>
      ))}
      {mayEdit && <div className={styles.mergeButton}><Button size="small" tone="quiet" onClick={() => setIsOpen(true)} data-testid="contact-merge">{t("records.merge")}</Button></div>}
      {isOpen && <MergeDialog contact={contact} onClose={() => setIsOpen(false)} />}
    </section>
  );
}

interface MergedIntoProps {
  readonly contact: ContactRecord;
  readonly mainId: number;
  readonly mayEdit: boolean;
}

function MergedInto({ contact, mainId, mayEdit }: MergedIntoProps) {
  return (
    <section className={styles.section} aria-label={t("records.merged")} data-testid="contact-merged">
      <p className={styles.sectionHead}>
        <Link to={`/contacts/${contact.account_id}/${mainId}`}>{t("records.isMerged")}</Link>
        {mayEdit && <Separate accountId={contact.account_id} contactId={contact.id} name={nameContact(contact)} />}
      </p>
    </section>
  );
}

interface SeparateProps {
  readonly accountId: number;
  readonly contactId: number;
  readonly name: string;
}

function Separate({ accountId, contactId, name }: SeparateProps) {
  const api = useContactRoutes();
  const client = useQueryClient();
  const undo = useMutation({ mutationFn: () => api.undoMerge({ account_id: accountId, id: contactId }), onSettled: () => refreshContacts(client) });
  return (
    <>
      <Button size="small" tone="quiet" isBusy={undo.isPending} aria-label={t("records.separateOf", { name: isolate(name) })} onClick={() => undo.mutate()} data-testid="contact-separate">
        {t("records.separate")}
      </Button>
      {undo.isError && <Notice tone="bad">{describeError(undo.error)}</Notice>}
    </>
  );
}
