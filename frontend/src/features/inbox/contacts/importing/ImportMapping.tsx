/** What each column of an import is, with the first values of each. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { Exact } from "@/components/Text";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { useContactRoutes, type ImportChoices } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import type { ContactImport } from "@/types/wire";
import { useFields } from "@/features/inbox/contacts/contactQueries";
import { TARGETS } from "./targets";
import styles from "./importing.module.css";

const MODES = { both: "records.mode.both", add: "records.mode.add", update: "records.mode.update" } as const satisfies Record<ContactImport["mode"], MessageId>;

interface ImportMappingProps {
  readonly given: ContactImport;
  readonly onChecked: (checked: ContactImport) => void;
}

export function ImportMapping({ given, onChecked }: ImportMappingProps) {
  const api = useContactRoutes();
  const [choices, setChoices] = useState<ImportChoices>({ targets: given.targets, mode: given.mode, label_id: given.label_id });
  const check = useMutation({ mutationFn: () => api.checkImport(given, choices), onSuccess: onChecked });
  const choose = (index: number, target: string) => setChoices({ ...choices, targets: choices.targets.map((old, at) => (at === index ? target : old)) });
  return (
    <>
      <p className={styles.about}>{t("records.stepMap")}</p>
      <ul className={styles.mapping}>
        {given.columns.map((column, index) => (
          // Columns may have the same name.
          <li key={index}>
            <span className={styles.column}>
              <span className={styles.name}><Exact>{column}</Exact></span>
              <span className={styles.quiet}><Exact>{given.sample.map((row) => row[index] ?? "").filter((cell) => cell !== "").slice(0, 3).join(", ")}</Exact></span>
            </span>
            <TargetSelect column={column} target={choices.targets[index] ?? ""} onChange={(target) => choose(index, target)} />
          </li>
        ))}
      </ul>
      <Purpose choices={choices} onChange={setChoices} />
      <div aria-live="polite">{check.isError && <Notice tone="bad">{fieldProblem(check.error, "targets") ?? describeError(check.error)}</Notice>}</div>
      <DialogButtons>
        <Button tone="primary" isBusy={check.isPending} onClick={() => check.mutate()} data-testid="contacts-import-check">{t("records.check")}</Button>
      </DialogButtons>
    </>
  );
}

interface TargetSelectProps {
  readonly column: string;
  readonly target: string;
  readonly onChange: (target: string) => void;
}

function TargetSelect({ column, target, onChange }: TargetSelectProps) {
  const fields = useFields().data ?? [];
  return (
    <Select label={column} isLabelHidden value={target} onChange={(event) => onChange(event.target.value)} data-testid="contacts-import-target">
      <option value="">{t("records.leaveOut")}</option>
      {Object.entries(TARGETS).map(([value, text]) => <option key={value} value={value}>{t(text)}</option>)}
      {fields.map(({ id, name }) => <option key={id} value={`field:${id}`}>{name}</option>)}
    </Select>
  );
}

interface PurposeProps {
  readonly choices: ImportChoices;
  readonly onChange: (choices: ImportChoices) => void;
}

function Purpose({ choices, onChange }: PurposeProps) {
  const labels = (useLabelList().data ?? []).filter((label) => label.shared);
  return (
    <div className={styles.choices}>
      <Select label={t("records.mode")} value={choices.mode} onChange={(event) => onChange({ ...choices, mode: event.target.value as ContactImport["mode"] })}>
        {Object.entries(MODES).map(([mode, text]) => <option key={mode} value={mode}>{t(text)}</option>)}
      </Select>
      {labels.length > 0 && (
        <Select
          label={t("records.importLabel")}
          value={choices.label_id ?? ""}
          onChange={(event) => onChange({ ...choices, label_id: event.target.value === "" ? null : Number(event.target.value) })}
        >
          <option value="">{t("records.noLabel")}</option>
          {labels.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </Select>
      )}
    </div>
  );
}
