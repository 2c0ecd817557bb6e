/** The measure and its targets compared between users, numbers, labels or teams. */
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
import { formatChange, formatDurationOrNone, formatMet, formatMetChange } from "./format";
import { Figure } from "./Plot";
import { useGroups } from "./queries";
import plotStyles from "./plot.module.css";
import styles from "./reports.module.css";

type Compared = Pick<ReportGroup["measures"][number], "now" | "before">;

interface GroupColumn {
  readonly title: string;
  readonly text: (own: Compared) => string;
  /** Which chats are behind it; undefined: none. */
  readonly changes?: Partial<FactFilter>;
}

interface MeasureGroupsProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly onOpen: (changes: Partial<FactFilter>) => void;
}

export function MeasureGroups(props: MeasureGroupsProps) {
  const { measure } = props.choice;
  const title = t("reports.groups", { measure: t(`reports.measure.${measure}`) });
  return <Groups {...props} title={title} compare={t("reports.compare")} columns={durationColumns(measure !== "opened")} isListed={({ now }) => now.n > 0} />;
}

function durationColumns(hasDuration: boolean): readonly GroupColumn[] {
  const count: GroupColumn = { title: t("reports.count"), text: ({ now }) => formatCount(now.n), changes: {} };
  const title = t("reports.column.change");
  if (!hasDuration) return [count, { title, text: ({ now, before }) => formatChange(now.n, before.n) ?? "–" }];
  return [
    count,
    { title: t("reports.column.median"), text: ({ now }) => formatDurationOrNone(now.median), changes: {} },
    { title: t("reports.column.mean"), text: ({ now }) => formatDurationOrNone(now.mean), changes: {} },
    { title: t("reports.column.p90"), text: ({ now }) => formatDurationOrNone(now.p90), changes: {} },
    { title, text: ({ now, before }) => formatChange(now.median, before.median) ?? "–" },
  ];
}

/** How many targets were met and breached. */
export function TargetGroups(props: MeasureGroupsProps) {
  const title = t("reports.targets.groups", { measure: t(`reports.measure.${props.choice.measure}`) });
  return <Groups {...props} title={title} compare={t("reports.targets.compare")} columns={targetColumns()} isListed={({ now }) => now.met + now.breached > 0} rules={t("reports.targets.rules")} />;
}

const targetColumns = (): readonly GroupColumn[] => [
  { title: t("reports.targets.column.share"), text: ({ now }) => formatMet(now), changes: { target: "any" } },
  { title: t("reports.targets.column.met"), text: ({ now }) => formatCount(now.met), changes: { target: "met" } },
  { title: t("reports.targets.column.breached"), text: ({ now }) => formatCount(now.breached), changes: { target: "breached" } },
  { title: t("reports.column.change"), text: ({ now, before }) => formatMetChange(now, before) ?? "–" },
];

interface GroupsProps extends MeasureGroupsProps {
  readonly title: string;
  readonly compare: string;
  readonly columns: readonly GroupColumn[];
  readonly isListed: (own: Compared) => boolean;
  /** What counts. */
  readonly rules?: string;
}

const KINDS: readonly GroupKind[] = ["user", "account", "label", "team"];

function Groups({ title, compare, rules, ...table }: GroupsProps) {
  const { choice } = table;
  const [wanted, setWanted] = useState<GroupKind>("user");
  // A user, a label or a team alone can only be compared between numbers.
  const kinds = choice.only === null ? KINDS : KINDS.slice(1, 2);
  const by = kinds.includes(wanted) ? wanted : "account";
  const groups = useGroups(filterOf(choice), by);
  const id = useId();
  return (
    <section className={plotStyles.card} aria-labelledby={id} aria-busy={groups.isPlaceholderData}>
      <header className={classes(plotStyles.head, styles.groupsHead)}>
        <h2 id={id}>{title}</h2>
        <Segments role="tablist" label={compare} className={styles.kinds}>
          {kinds.map((kind) => (
            <Segment key={kind} role="tab" isChosen={kind === by} onClick={() => setWanted(kind)}>
              {t(`reports.by.${kind}`)}
            </Segment>
          ))}
        </Segments>
      </header>
      <GroupTable groups={groups.data ?? []} by={by} {...table} label={id} />
      {rules !== undefined && <p className="muted">{rules}</p>}
    </section>
  );
}

interface GroupTableProps extends Omit<GroupsProps, "title" | "compare" | "rules"> {
  readonly groups: readonly ReportGroup[];
  readonly by: GroupKind;
  readonly label: string;
}

function GroupTable({ groups, by, columns, isListed, choice, onChoose, onOpen, label }: GroupTableProps) {
  const rows = groups.flatMap((group) => {
    const own = group.measures.find(({ measure }) => measure === choice.measure);
    return own !== undefined && isListed(own) ? [{ group, own }] : [];
  });
  if (rows.length === 0) return <p className="muted">{t("reports.groups.empty")}</p>;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by the keyboard
    <div className={classes(plotStyles.table, styles.groups)} tabIndex={0} role="group" aria-labelledby={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t(`reports.by.${by}`)}</th>
            {columns.map(({ title }) => (
              <th key={title} scope="col">{title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ group, own }) => (
            <GroupRow key={group.id} group={group} own={own} by={by} columns={columns} choice={choice} onChoose={onChoose} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GroupRowProps extends MeasureGroupsProps {
  readonly group: ReportGroup;
  readonly own: Compared;
  readonly by: GroupKind;
  readonly columns: readonly GroupColumn[];
}

function GroupRow({ group, own, by, columns, choice, onChoose, onOpen }: GroupRowProps) {
  const name = nameGroup(group, by);
  const choose = () => onChoose(by === "account" ? { ...choice, accountId: group.id } : { ...choice, only: { kind: by, id: group.id, name } });
  return (
    <tr>
      <th scope="row">
        <button type="button" className={styles.group} onClick={choose} aria-label={t("reports.only", { name })}>
          <Exact>{name}</Exact>
        </button>
      </th>
      {columns.map(({ title, text, changes }) => (
        <td key={title} data-label={title}>
          {changes === undefined ? (
            <Text>{text(own)}</Text>
          ) : (
            <Figure label={`${text(own)}, ${t("reports.showChats")}`} onOpen={() => onOpen({ [`${by}_id`]: group.id, ...changes })}>{text(own)}</Figure>
          )}
        </td>
      ))}
    </tr>
  );
}

/** Replies from the phone are none of the users'. */
function nameGroup({ id, name }: ReportGroup, by: GroupKind): string {
  if (by === "user" && id === 0) return t("reports.noUser");
  if (by === "account") return nameAccount({ id, name, phone: null });
  return name ?? (by === "team" ? t("reports.noTeam") : String(id));
}
