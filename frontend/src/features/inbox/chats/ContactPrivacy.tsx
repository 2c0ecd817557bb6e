/** Export and erasure of one contact's data, for users who manage the account. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { useAccounts } from "@/lib/accounts";
import { useExporting } from "@/lib/exporting";
import { useCan } from "@/lib/rights";
import { EraseContact } from "./EraseContact";
import styles from "./details.module.css";

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
    <div className={styles.privacy}>
      <Button size="small" onClick={() => show(props)} data-testid="contact-export">
        Export…
      </Button>
      <Button size="small" tone="danger" onClick={() => setIsOpen(true)} data-testid="contact-erase">
        Erase this contact…
      </Button>
      {isOpen && <EraseContact {...props} onClose={() => setIsOpen(false)} />}
    </div>
  );
}
