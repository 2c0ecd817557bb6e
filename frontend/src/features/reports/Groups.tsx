/** The measure compared between users, numbers or labels. */
import { useId, useState } from "react";
import { classes } from "@/components/classes";
import { Segment, Segments } from "@/components/Segments";
import { Exact, Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import type { FactFilter } from "@/lib/api/reports";
import { formatCount } from "@/lib/counts";
import type { ReportGroup } from "@/types/wire";
import { nameAccount } from "./accounts";
import { filterOf, type Choice, type GroupKind } from "./choice";
import { formatChange, formatDurationOrNone } from "./format";
import { Figure } from "./Plot";
import { useGroups } from "./queries";
import plotStyles from "./plot.module.css";
import styles from "./reports.module.css";

interface GroupsProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly onOpen: (changes: Partial<FactFilter>) => void;
}

const KINDS: readonly GroupKind[] = ["user", "account", "label"];

export function Groups({ choice, onChoose, onOpen }: GroupsProps) {
  const [wanted, setWanted] = useState<GroupKind>("user");
  // A user or label alone can only be compared between numbers.
  const kinds = choice.only === null ? KINDS : KINDS.slice(1, 2);
  const by = kinds.includes(wanted) ? wanted : "account";
  const groups = useGroups(filterOf(choice), by);
  const id = useId();
  return (
    <section className={plotStyles.card} aria-labelledby={id} aria-busy={groups.isPlaceholderData}>
      <header className={classes(plotStyles.head, styles.groupsHead)}>
        <h2 id={id}>{t("reports.groups", { measure: t(`reports.measure.${choice.measure}`) })}</h2>
        <Segments role="tablist" label={t("reports.compare")} className={styles.kinds}>
          {kinds.map((kind) => (
            <Segment key={kind} role="tab" isChosen={kind === by} onClick={() => setWanted(kind)}>
              {t(`reports.by.${kind}`)}
            </Segment>
          ))}
        </Segments>
      </header>
      <GroupTable groups={groups.data ?? []} by={by} choice={choice} onChoose={onChoose} onOpen={onOpen} label={id} />
    </section>
  );
}

interface GroupTableProps extends GroupsProps {
  readonly groups: readonly ReportGroup[];
  readonly by: GroupKind;
  readonly label: string;
}

function GroupTable({ groups, by, choice, onChoose, onOpen, label }: GroupTableProps) {
  const hasDuration = choice.measure !== "opened";
  const rows = groups.filter(({ measures }) => measures.some(({ measure, now }) => measure === choice.measure && now.n > 0));
  if (rows.length === 0) return <p className="muted">{t("reports.groups.empty")}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={classes(plotStyles.table, styles.groups)} tabIndex={0} role="group" aria-labelledby={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`reports.by.${by}`)}</th>
            <th scope="col">{t("reports.count")}</th>
            {hasDuration && <th scope="col">{t("reports.column.median")}</th>}
            {hasDuration && <th scope="col">{t("reports.column.mean")}</th>}
            {hasDuration && <th scope="col">{t("reports.column.p90")}</th>}
            <th scope="col">{t("reports.column.change")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((group) => (
            <GroupRow key={group.id} group={group} by={by} choice={choice} onChoose={onChoose} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GroupRowProps extends GroupsProps {
  readonly group: ReportGroup;
  readonly by: GroupKind;
}

function GroupRow({ group, by, choice, onChoose, onOpen }: GroupRowProps) {
  const own = group.measures.find(({ measure }) => measure === choice.measure);
  if (own === undefined) return null;
  const { now, before } = own;
  const name = nameGroup(group, by);
  const choose = () => onChoose(by === "account" ? { ...choice, accountId: group.id } : { ...choice, only: { kind: by, id: group.id, name } });
  const open = () => onOpen({ [`${by}_id`]: group.id });
  const hasDuration = choice.measure !== "opened";
  const change = hasDuration ? formatChange(now.median, before.median) : formatChange(now.n, before.n);
  return (
    <tr>
      <th scope="row">
        <button type="button" className={styles.group} onClick={choose} aria-label={t("reports.only", { name })}>
          <Exact>{name}</Exact>
        </button>
      </th>
      <td data-label={t("reports.count")}><Figure label={`${formatCount(now.n)}, ${t("reports.showChats")}`} onOpen={open}>{formatCount(now.n)}</Figure></td>
      {hasDuration && <td data-label={t("reports.column.median")}><Figure onOpen={open}>{formatDurationOrNone(now.median)}</Figure></td>}
      {hasDuration && <td data-label={t("reports.column.mean")}><Figure onOpen={open}>{formatDurationOrNone(now.mean)}</Figure></td>}
      {hasDuration && <td data-label={t("reports.column.p90")}><Figure onOpen={open}>{formatDurationOrNone(now.p90)}</Figure></td>}
      <td data-label={t("reports.column.change")}><Text>{change ?? "–"}</Text></td>
    </tr>
  );
}

/** Replies from the phone are none of the users'. */
function nameGroup({ id, name }: ReportGroup, by: GroupKind): string {
  if (by === "user" && id === 0) return t("reports.noUser");
  return by === "account" ? nameAccount({ id, name, phone: null }) : (name ?? String(id));
}
