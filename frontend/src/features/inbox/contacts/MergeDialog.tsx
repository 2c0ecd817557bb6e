/** Finds the other contact of the number that is the same person, and merges it into this one. */
import { useDeferredValue, useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { ContactRecord } from "@/types/wire";
import { useContactList } from "./contactQueries";
import { describeContact, nameContact } from "./nameContact";
import { useMerging } from "./useMerging";
import styles from "./contacts.module.css";

const AT_MOST = 8;

export function MergeDialog({ contact, onClose }: { readonly contact: ContactRecord; readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text);
  const list = useContactList({ accountId: contact.account_id, labelId: null, text: wanted });
  const others = list.contacts?.filter(({ id, merged_into, merged }) => id !== contact.id && merged_into === null && merged.length === 0).slice(0, AT_MOST);
  const merge = useMerging(onClose);
  const mergeWith = (other: ContactRecord) => merge.mutate({ accountId: contact.account_id, mainId: contact.id, otherId: other.id, name: nameContact(other), isMerged: true });
  return (
    <Dialog title={t("records.merge")} onClose={onClose}>
      <div className={styles.form} data-testid="contact-merge-dialog">
        <p>{t("records.mergeAbout")}</p>
        <TextField label={t("records.search")} type="search" maxLength={100} value={text} onChange={(event) => setText(event.target.value)} data-testid="contact-merge-search" />
        <Found text={wanted.trim()} isEmpty={others?.length === 0} error={list.error} />
        <ul className={styles.chats}>
          {others?.map((other) => (
            <li key={other.id} className={styles.row}>
              <ContactAvatar accountId={other.account_id} name={nameContact(other)} avatar={other.avatar} />
              <span className={styles.words}>
                <span className={styles.name} dir="auto"><Exact>{nameContact(other)}</Exact></span>
                <span className={styles.quiet} dir="auto"><Exact>{describeContact(other)}</Exact></span>
              </span>
              <Button size="small" disabled={merge.isPending} aria-label={t("records.mergeWithOf", { name: isolate(nameContact(other)) })} onClick={() => mergeWith(other)} data-testid="contact-merge-with">
                {t("records.mergeWith")}
              </Button>
            </li>
          ))}
        </ul>
        <div aria-live="polite">{merge.isError && <Notice tone="bad">{describeError(merge.error)}</Notice>}</div>
      </div>
    </Dialog>
  );
}

interface FoundProps {
  readonly text: string;
  readonly isEmpty: boolean;
  readonly error: Error | null;
}

/** What stands in place of contacts, and is spoken. */
function Found({ text, isEmpty, error }: FoundProps) {
  return (
    <div aria-live="polite">
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
      {error === null && isEmpty && <p className={styles.quiet}>{text === "" ? t("records.mergeNone") : t("records.noMatch", { text })}</p>}
    </div>
  );
}
