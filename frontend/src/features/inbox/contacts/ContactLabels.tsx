/** The shared labels of a contact: removed one by one, added from a list. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { LabelChip } from "@/features/inbox/labels/LabelChip";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { t } from "@/i18n/translate";
import { useContactRoutes } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { ContactRecord, Label } from "@/types/wire";
import { storeContact } from "./contactQueries";
import styles from "./contacts.module.css";

function useLabelling(contact: ContactRecord) {
  const api = useContactRoutes();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ label, isOn }: { readonly label: Pick<Label, "id">; readonly isOn: boolean }) => api.labelContact(contact, label.id, isOn),
    onSuccess: (done) => storeContact(client, done),
  });
}

export function ContactLabels({ contact }: { readonly contact: ContactRecord }) {
  const shared = (useLabelList().data ?? []).filter((label) => label.shared);
  const labelling = useLabelling(contact);
  const chosen = shared.filter(({ id }) => contact.labels.includes(id));
  const rest = shared.filter(({ id }) => !contact.labels.includes(id));
  if (shared.length === 0) return null;
  return (
    <>
      <div className={styles.labels}>
        {chosen.map((label) => (
          <LabelChip key={label.id} label={label}>
            <button type="button" className={styles.remove} aria-label={t("labels.remove", { name: isolate(label.name) })} onClick={() => labelling.mutate({ label, isOn: false })}>
              <Icon name="close" size={14} />
            </button>
          </LabelChip>
        ))}
        {rest.length > 0 && (
          <Select
            label={t("records.addLabel")}
            isLabelHidden
            className={styles.addLabel}
            value=""
            disabled={labelling.isPending}
            onChange={(event) => labelling.mutate({ label: { id: Number(event.target.value) }, isOn: true })}
            data-testid="contact-label-add"
          >
            <option value="">{t("records.addLabel")}</option>
            {rest.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
          </Select>
        )}
      </div>
      <div aria-live="polite">{labelling.isError && <Notice tone="bad">{describeError(labelling.error)}</Notice>}</div>
    </>
  );
}
