/** Export and erasure of one contact's data, for users who manage the account. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { useAccounts } from "@/lib/accounts";
import { useExporting } from "@/lib/exporting";
import { useCan } from "@/lib/rights";
import { EraseContact } from "./EraseContact";
import styles from "./context-pane.module.css";

interface ContactPrivacyProps {
  readonly accountId: number;
  readonly contactId: number;
  readonly name: string;
}

export function ContactPrivacy(props: ContactPrivacyProps) {
  const [isOpen, setIsOpen] = useState(false);
  const show = useExporting();
  const can = useCan();
  const account = useAccounts().data?.find((row) => row.id === props.accountId);
  if (account === undefined || !can("manage_number", account)) return null;
  return (
    <section className={styles.part} aria-label={t("contacts.privacy")}>
      <h2>{t("contacts.privacy")}</h2>
      <div className={styles.privacy}>
        <Button tone="quiet" size="small" onClick={() => show(props)} data-testid="contact-export">
          {t("contacts.privacy.export")}
        </Button>
        <Button tone="quiet" size="small" onClick={() => setIsOpen(true)} data-testid="contact-erase">
          {t("contacts.privacy.delete")}
        </Button>
      </div>
      {isOpen && <EraseContact {...props} onClose={() => setIsOpen(false)} />}
    </section>
  );
}
