/** The labels in the settings: created, renamed, recoloured, deleted. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useCan, useMe } from "@/lib/rights";
import { useRenewed } from "@/lib/socket/useRenewed";
import { isolate } from "@/lib/texts";
import type { Label, LabelColour } from "@/types/wire";
import { COLOUR_NAMES, COLOURS, nextColour } from "./colours";
import { LabelChip } from "./LabelChip";
import { LABELS_KEY, refreshLabels, useLabelList } from "./labelQueries";
import styles from "@/components/panels.module.css";
import pageStyles from "./labels-page.module.css";

const NAME_LENGTH = 60;

export function LabelsPage() {
  const labels = useLabelList(true, READ_WHEN_OPENED);
  // How many chats have them.
  useRenewed(LABELS_KEY[0], ({ event }) => event === "chat:updated");
  return (
    <>
      <CreateForm count={labels.data?.length ?? 0} />
      <LabelList labels={labels} />
    </>
  );
}

interface ColourSelectProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: LabelColour;
  readonly onChange: (colour: LabelColour) => void;
}

function ColourSelect({ label, isLabelHidden = false, value, onChange }: ColourSelectProps) {
  return (
    <Select label={label} isLabelHidden={isLabelHidden} value={value} onChange={(event) => onChange(event.target.value as LabelColour)}>
      {COLOURS.map((colour) => (
        <option key={colour} value={colour}>
          {t(COLOUR_NAMES[colour])}
        </option>
      ))}
    </Select>
  );
}

function CreateForm({ count }: { readonly count: number }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [chosen, setColour] = useState<LabelColour | null>(null);
  const [shared, setShared] = useState(true);
  const colour = chosen ?? nextColour(count);
  const create = useMutation({
    mutationFn: () => api.createLabel({ name: name.trim(), colour, shared }),
    onSuccess: () => {
      setName("");
      setColour(null);
      refreshLabels(client);
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <section className={styles.panel} aria-labelledby="label-title">
      <h2 id="label-title">{t("labels.new")}</h2>
      <form className={styles.form} onSubmit={submit}>
        <TextField label={t("labels.name")} required maxLength={NAME_LENGTH} value={name} onChange={(event) => setName(event.target.value)} data-testid="label-name" />
        <ColourSelect label={t("labels.colour")} value={colour} onChange={setColour} />
        <Select label={t("labels.visibility")} value={shared ? "shared" : "private"} onChange={(event) => setShared(event.target.value === "shared")}>
          <option value="shared">{t("labels.shared")}</option>
          <option value="private">{t("labels.private")}</option>
        </Select>
        <Button type="submit" tone="primary" isBusy={create.isPending} data-testid="label-submit">
          {t("labels.create")}
        </Button>
      </form>
      <div aria-live="polite">{create.isError && <Notice tone="bad">{describeError(create.error)}</Notice>}</div>
    </section>
  );
}

function LabelList({ labels }: { readonly labels: ReturnType<typeof useLabelList> }) {
  if (labels.data === undefined) {
    if (labels.isError) return <ErrorState title={t("labels.failed")} message={describeError(labels.error)} onRetry={() => void labels.refetch()} />;
    return (
      <Loading label={t("labels.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (labels.data.length === 0) {
    return (
      <EmptyState icon="label" title={t("labels.empty")}>
        {t("labels.about")}
      </EmptyState>
    );
  }
  return (
    <ul className={styles.entries} aria-label={t("labels.title")}>
      {labels.data.map((label) => (
        <LabelRow key={label.id} label={label} />
      ))}
    </ul>
  );
}

const countOf = ({ counts }: Label): number => counts.reduce((sum, { chats }) => sum + chats, 0);

/** Shared labels are changed by who created them, and by admins. */
function useMayChange({ shared, created_by }: Label): boolean {
  const userId = useMe().data?.user.id ?? null;
  const mayManage = useCan()("manage_people");
  return !shared || mayManage || (userId !== null && userId === created_by);
}

function LabelRow({ label }: { readonly label: Label }) {
  const mayChange = useMayChange(label);
  const about = [t("labels.chats", { count: countOf(label) }), t(label.shared ? "labels.shared" : "labels.private")].join(" · ");
  return (
    <li className={styles.entry} data-testid="label">
      <LabelChip label={label} />
      <div className={styles.entryText}>
        <span>{about}</span>
      </div>
      {mayChange && <LabelActions label={label} />}
    </li>
  );
}

function LabelActions({ label }: { readonly label: Label }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(label.name);
  const [isDeleting, setDeleting] = useState(false);
  const change = useMutation({
    mutationFn: (body: { name?: string; colour?: LabelColour }) => api.changeLabel(label.id, body),
    onSettled: () => refreshLabels(client),
  });
  const isolated = isolate(label.name);
  return (
    <>
      <ColourSelect label={t("labels.colourOf", { name: isolated })} isLabelHidden value={label.colour} onChange={(colour) => change.mutate({ colour })} />
      <input className={pageStyles.name} aria-label={t("labels.nameOf", { name: isolated })} maxLength={NAME_LENGTH} value={name} onChange={(event) => setName(event.target.value)} data-testid="label-rename" />
      <Button size="small" disabled={name.trim() === "" || name.trim() === label.name} isBusy={change.isPending} aria-label={t("labels.renameOf", { name: isolated })} onClick={() => change.mutate({ name: name.trim() })}>
        {t("labels.rename")}
      </Button>
      <Button size="small" tone="quiet" aria-label={t("labels.deleteOf", { name: isolated })} onClick={() => setDeleting(true)}>
        {t("labels.delete")}
      </Button>
      {change.isError && <Notice tone="bad">{describeError(change.error)}</Notice>}
      {isDeleting && <DeleteDialog label={label} onClose={() => setDeleting(false)} />}
    </>
  );
}

function DeleteDialog({ label, onClose }: { readonly label: Label; readonly onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.deleteLabel(label.id),
    onSuccess: () => {
      refreshLabels(client);
      onClose();
    },
  });
  return (
    <Dialog title={t("labels.confirm.title", { name: isolate(label.name) })} onClose={onClose}>
      <p>{t("labels.confirm.text", { count: countOf(label) })}</p>
      {remove.isError && <Notice tone="bad">{describeError(remove.error)}</Notice>}
      <Button tone="danger" isBusy={remove.isPending} onClick={() => remove.mutate()} data-testid="label-delete">
        {t("labels.delete")}
      </Button>
    </Dialog>
  );
}
