/** The filters of the audit log. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { Exact } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import type { AuditFilter } from "@/lib/api/routes";
import { listActions } from "./labels";
import styles from "./audit.module.css";

export interface Choice {
  readonly action: string;
  readonly actor: { readonly id: number; readonly name: string } | null;
  /** Days in the browser's own time zone; both are included. */
  readonly from: string;
  readonly to: string;
}

export const NOTHING_CHOSEN: Choice = { action: "", actor: null, from: "", to: "" };

/** The start of a local day, shifted by some days; undefined when none is chosen. */
function dayBegins(day: string, later = 0): string | undefined {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined || Number.isNaN(date)) return undefined;
  return new Date(year, month - 1, date + later).toISOString();
}

export function askFor({ action, actor, from, to }: Choice): AuditFilter {
  const since = dayBegins(from);
  const until = dayBegins(to, 1);
  return {
    ...(action === "" ? {} : { action }),
    ...(actor === null ? {} : { actor_id: String(actor.id) }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

interface AuditFiltersProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

export function AuditFilters({ choice, onChoose }: AuditFiltersProps) {
  return (
    <form className={styles.filters} aria-label={t("audit.filters")} onSubmit={(event) => event.preventDefault()}>
      <Select label={t("audit.action")} value={choice.action} onChange={(event) => onChoose({ ...choice, action: event.target.value })}>
        <option value="">{t("audit.action.all")}</option>
        {listActions().map(([action, name]) => (
          <option key={action} value={action}>
            {name}
          </option>
        ))}
      </Select>
      <TextField label={t("audit.from")} type="date" value={choice.from} max={choice.to} onChange={(event) => onChoose({ ...choice, from: event.target.value })} />
      <TextField label={t("audit.to")} type="date" value={choice.to} min={choice.from} onChange={(event) => onChoose({ ...choice, to: event.target.value })} />
      {choice.actor !== null && (
        <Button className={styles.person} onClick={() => onChoose({ ...choice, actor: null })} aria-label={t("audit.everyone", { name: choice.actor.name })}>
          <Exact>{choice.actor.name}</Exact>
          <Icon name="close" size={16} />
        </Button>
      )}
    </form>
  );
}
