/** The labels of the open chat in its details: removed one by one, added by the picker. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { useCan } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import type { Account, Chat } from "@/types/wire";
import { useOrganising } from "@/features/inbox/selection/selectionContext";
import { LabelChip } from "./LabelChip";
import { useSetLabel } from "./labelActions";
import { labelsOf, useLabels } from "./labelsContext";
import styles from "./label-section.module.css";

export function LabelSection({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  const maySend = useCan()("send", account);
  const labels = labelsOf(useLabels(), chat);
  const organising = useOrganising();
  const setLabel = useSetLabel();
  if (labels.length === 0 && !maySend) return null;
  return (
    <section className={styles.section} aria-labelledby="chat-labels-title" data-testid="label-section">
      <h2 id="chat-labels-title">{t("labels.ofChat")}</h2>
      <ul className={styles.labels}>
        {labels.map((label) => (
          <li key={label.id}>
            <LabelChip label={label}>
              {maySend && (
                <button type="button" className={styles.remove} aria-label={t("labels.remove", { name: isolate(label.name) })} onClick={() => setLabel(chat, label, false)}>
                  <Icon name="close" size={14} />
                </button>
              )}
            </LabelChip>
          </li>
        ))}
      </ul>
      {maySend && (
        <Button size="small" aria-keyshortcuts="L" onClick={() => organising?.pickLabels([chat])} data-testid="label-add">
          {t("labels.add")}
        </Button>
      )}
    </section>
  );
}
