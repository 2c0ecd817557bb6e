/** Messages in and out: by day, and compared between users and numbers. */
import { useId, useState } from "react";
import { classes } from "@/components/classes";
import { Segment, Segments } from "@/components/Segments";
import { Exact, Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import type { VolumeFilter } from "@/lib/api/reports";
import { formatCount } from "@/lib/counts";
import type { ReportVolume, VolumeGroup } from "@/types/wire";
import { nameAccount } from "./accounts";
import type { Choice } from "./choice";
import { formatChange, formatRange, formatStep } from "./format";
import { Plot } from "./Plot";
import { useVolume } from "./queries";
import { SaveButton } from "./SaveButton";
import plotStyles from "./plot.module.css";
import styles from "./reports.module.css";

type Direction = "received" | "sent";
type By = "user" | "account";

interface VolumeProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
}

export function Volume({ choice, onChoose }: VolumeProps) {
  const { since, until, accountId, only } = choice;
  const filter: VolumeFilter = { since, until, ...(accountId !== null && { account_id: accountId }), ...(only !== null && { user_id: only.id }) };
  const query = useVolume(filter);
  if (query.data === undefined) return null;
  // A member receives nothing: what contacts write is the number's.
  const directions: readonly Direction[] = only === null || only.id === 0 ? ["received", "sent"] : ["sent"];
  return (
    <>
      <div className={styles.plots}>
        {directions.map((direction) => (
          <DirectionPlot key={direction} volume={query.data} direction={direction} isBusy={query.isPlaceholderData} />
        ))}
      </div>
      <Compared volume={query.data} choice={choice} filter={filter} isBusy={query.isPlaceholderData} onChoose={onChoose} />
    </>
  );
}

interface DirectionPlotProps {
  readonly volume: ReportVolume;
  readonly direction: Direction;
  readonly isBusy: boolean;
}

function DirectionPlot({ volume, direction, isBusy }: DirectionPlotProps) {
  const { total, step, steps } = volume;
  const change = formatChange(total.now[direction], total.before[direction]);
  return (
    <Plot
      title={t(`reports.volume.${direction}`)}
      summary={[formatCount(total.now[direction]), change === null ? t("reports.nothingBefore") : t("reports.change", { change })].join(" · ")}
      axis={t(`reports.step.${step}`)}
      columns={steps.map(({ first_day, last_day, ...counts }) => ({
        key: first_day,
        label: formatStep(step, first_day),
        name: formatRange(first_day, last_day),
        value: counts[direction],
        text: formatCount(counts[direction]),
      }))}
      formatValue={formatCount}
      isBusy={isBusy}
    />
  );
}

interface ComparedProps extends VolumeProps {
  readonly volume: ReportVolume;
  readonly filter: VolumeFilter;
  readonly isBusy: boolean;
}

function Compared({ volume, choice, filter, isBusy, onChoose }: ComparedProps) {
  const api = useApi();
  const [wanted, setWanted] = useState<By>("user");
  const kinds: readonly By[] = choice.only === null ? ["user", "account"] : ["account"];
  const by = kinds.includes(wanted) ? wanted : "account";
  const id = useId();
  return (
    <section className={plotStyles.card} aria-labelledby={id} aria-busy={isBusy}>
      <header className={classes(plotStyles.head, styles.groupsHead)}>
        <h2 id={id}>{t("reports.volume")}</h2>
        <div className={styles.tools}>
          <Segments role="tablist" label={t("reports.volume.compare")} className={styles.kinds}>
            {kinds.map((kind) => (
              <Segment key={kind} role="tab" isChosen={kind === by} onClick={() => setWanted(kind)}>
                {t(`reports.by.${kind}`)}
              </Segment>
            ))}
          </Segments>
          <SaveButton name={`messages-${filter.since}-${filter.until}.csv`} load={() => api.exportVolume(filter)} testId="volume-save" />
        </div>
      </header>
      <VolumeTable groups={by === "user" ? volume.users : volume.accounts} by={by} choice={choice} onChoose={onChoose} label={id} />
    </section>
  );
}

interface VolumeTableProps extends VolumeProps {
  readonly groups: readonly VolumeGroup[];
  readonly by: By;
  readonly label: string;
}

function VolumeTable({ groups, by, choice, onChoose, label }: VolumeTableProps) {
  const directions: readonly Direction[] = by === "user" || (choice.only !== null && choice.only.id !== 0) ? ["sent"] : ["received", "sent"];
  const rows = groups.filter(({ now }) => directions.some((direction) => now[direction] > 0));
  if (rows.length === 0) return <p className="muted">{t("reports.groups.empty")}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={classes(plotStyles.table, styles.groups)} tabIndex={0} role="group" aria-labelledby={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`reports.by.${by}`)}</th>
            {directions.map((direction) => (
              <VolumeHeads key={direction} direction={direction} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((group) => (
            <tr key={group.id}>
              <th scope="row">
                <GroupName group={group} by={by} choice={choice} onChoose={onChoose} />
              </th>
              {directions.map((direction) => (
                <VolumeCells key={direction} group={group} direction={direction} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GroupNameProps extends VolumeProps {
  readonly group: VolumeGroup;
  readonly by: By;
}

function GroupName({ group: { id, name: own }, by, choice, onChoose }: GroupNameProps) {
  const name = nameGroup(id, own, by);
  const choose = () => onChoose(by === "account" ? { ...choice, accountId: id } : { ...choice, only: { kind: by, id, name } });
  return (
    <button type="button" className={styles.group} onClick={choose} aria-label={t("reports.volume.only", { name })}>
      <Exact>{name}</Exact>
    </button>
  );
}

function nameGroup(id: number, name: string | null, by: By): string {
  if (by === "account") return nameAccount({ id, name, phone: null });
  return id === 0 ? t("reports.volume.noUser") : (name ?? String(id));
}

function VolumeHeads({ direction }: { readonly direction: Direction }) {
  return (
    <>
      <th scope="col">{t(`reports.volume.column.${direction}`)}</th>
      <th scope="col">{t("reports.column.change")}</th>
    </>
  );
}

function VolumeCells({ group: { now, before }, direction }: { readonly group: VolumeGroup; readonly direction: Direction }) {
  return (
    <>
      <td data-label={t(`reports.volume.column.${direction}`)}><Text>{formatCount(now[direction])}</Text></td>
      <td data-label={t("reports.column.change")}><Text>{formatChange(now[direction], before[direction]) ?? "–"}</Text></td>
    </>
  );
}
