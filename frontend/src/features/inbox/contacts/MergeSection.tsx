/** Who else this contact is: merged by hand, and separated again. */
import { useRef, useState } from "react";
import { Link } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { ContactRecord } from "@/types/wire";
import { useMayEdit } from "./contactQueries";
import { MergeDialog } from "./MergeDialog";
import { describeContact, nameContact } from "./nameContact";
import { useMerging } from "./useMerging";
import styles from "./contacts.module.css";

export function MergeSection({ contact }: { readonly contact: ContactRecord }) {
  const mayEdit = useMayEdit(contact);
  const section = useRef<HTMLElement>(null);
  // The button that was pressed disappears with what it separated.
  const onSeparated = () => section.current?.focus();
  const isMerged = contact.merged_into !== null;
  if (!isMerged && contact.merged.length === 0 && !mayEdit) return null;
  return (
    <section ref={section} tabIndex={-1} className={styles.section} aria-label={t("records.merged")} data-testid="contact-merged">
      {isMerged ? <MergedInto contact={contact} mayEdit={mayEdit} onSeparated={onSeparated} /> : <Merged contact={contact} mayEdit={mayEdit} onSeparated={onSeparated} />}
    </section>
  );
}

interface PartProps {
  readonly contact: ContactRecord;
  readonly mayEdit: boolean;
  readonly onSeparated: () => void;
}

function Merged({ contact, mayEdit, onSeparated }: PartProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { account_id: accountId, id: mainId } = contact;
  return (
    <>
      {contact.merged.length > 0 && <h2>{t("records.merged")}</h2>}
      {contact.merged.map((other) => (
        <p key={other.id} className={styles.sectionHead}>
          <span className={styles.words}>
            <span className={styles.name} dir="auto"><Exact>{nameContact(other)}</Exact></span>
            <span className={styles.quiet} dir="auto"><Exact>{describeContact(other)}</Exact></span>
          </span>
          {mayEdit && <Separate accountId={accountId} mainId={mainId} otherId={other.id} name={nameContact(other)} onDone={onSeparated} />}
        </p>
      ))}
      {mayEdit && <div className={styles.mergeButton}><Button size="small" tone="quiet" onClick={() => setIsOpen(true)} data-testid="contact-merge">{t("records.merge")}</Button></div>}
      {isOpen && <MergeDialog contact={contact} onClose={() => setIsOpen(false)} />}
    </>
  );
}

function MergedInto({ contact, mayEdit, onSeparated }: PartProps) {
  const { account_id: accountId, id, merged_into: mainId } = contact;
  if (mainId === null) return null;
  return (
    <p className={styles.sectionHead}>
      <Link to={`/contacts/${accountId}/${mainId}`}>{t("records.isMerged")}</Link>
      {mayEdit && <Separate accountId={accountId} mainId={mainId} otherId={id} name={nameContact(contact)} onDone={onSeparated} />}
    </p>
  );
}

interface SeparateProps {
  readonly accountId: number;
  readonly mainId: number;
  readonly otherId: number;
  readonly name: string;
  readonly onDone: () => void;
}

function Separate({ onDone, ...merge }: SeparateProps) {
  const separate = useMerging(onDone);
  return (
    <>
      <Button
        size="small"
        tone="quiet"
        isBusy={separate.isPending}
        aria-label={t("records.separateOf", { name: isolate(merge.name) })}
        onClick={() => separate.mutate({ ...merge, isMerged: false })}
        data-testid="contact-separate"
      >
        {t("records.separate")}
      </Button>
      {separate.isError && <Notice tone="bad">{describeError(separate.error)}</Notice>}
    </>
  );
}
