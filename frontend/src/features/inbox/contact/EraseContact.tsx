/** Confirms the erasure of a contact; the user types a word. */
import { useMutation } from "@tanstack/react-query";
import { EraseDialog } from "@/components/EraseDialog";
import { t } from "@/i18n/translate";
import { Translated } from "@/i18n/Translated";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";

interface EraseContactProps {
  readonly accountId: number;
  readonly contactId: number;
  readonly name: string;
  readonly onClose: () => void;
}

export function EraseContact({ accountId, contactId, name, onClose }: EraseContactProps) {
  const api = useApi();
  const erase = useMutation({ mutationFn: () => api.eraseContact(accountId, contactId), onSuccess: onClose });
  return (
    <EraseDialog
      title={t("contacts.delete.title")}
      confirmation={t("contacts.delete.word")}
      problem={erase.error && describeError(erase.error)}
      isBusy={erase.isPending}
      onErase={() => erase.mutate()}
      onClose={onClose}
      testId="erase-contact"
    >
      <p>
        <Translated id="contacts.delete.text" values={{ name: isolate(name) }} components={{ strong: <strong translate="no" /> }} />
      </p>
      <Consequences />
    </EraseDialog>
  );
}

function Consequences() {
  return (
    <>
      <h3>{t("contacts.delete.deleted")}</h3>
      <ul>
        <li>{t("contacts.delete.deleted.identity")}</li>
        <li>{t("contacts.delete.deleted.groups")}</li>
        <li>{t("contacts.delete.deleted.files")}</li>
      </ul>
      <h3>{t("contacts.delete.kept")}</h3>
      <ul>
        <li>{t("contacts.delete.kept.others")}</li>
        <li>{t("contacts.delete.kept.phones")}</li>
      </ul>
    </>
  );
}
