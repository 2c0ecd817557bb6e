/** What the menu of the list offers: one group of values per setting. */
import { useId, type ReactNode } from "react";
import { useNavigate } from "@/lib/navigation";
import { MenuChoice, MenuItem, MenuLine } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { Text } from "@/components/Text";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { printKeys } from "@/lib/commands/describe";
import { formatCount } from "@/lib/counts";
import { useCan } from "@/lib/rights";
import { useTeam } from "@/lib/team";
import type { ChatFilter, ChatSort } from "@/features/inbox/chats/query/chatPages";
import { STATUSES, TARGETS, type ListQuery, type ListStatus, type ListTarget } from "@/features/inbox/chats/query/listQuery";
import { useChangeList, useListQuery } from "@/features/inbox/chats/query/useListQuery";
import { useFilterCounts, type FilterCount } from "./filterCounts";
import { setDensity, useDensity, type Density } from "./density";
import { useTeams } from "@/lib/teams";
import styles from "./list-menu.module.css";

export const SORT_NAMES: Readonly<Record<ChatSort, MessageId>> = { recent: "chats.sort.recent", waiting: "chats.sort.waiting", due: "chats.sort.due" };
export const STATUS_NAMES: Readonly<Record<ListStatus, MessageId>> = {
  open: "chats.status.open",
  snoozed: "chats.status.snoozed",
  closed: "chats.status.closed",
  any: "chats.status.any",
};
/** Unread chats have a button of their own. */
const SHOWN_NAMES: Readonly<Record<Exclude<ChatFilter, "unread">, MessageId>> = {
  all: "commands.list.filter.all",
  groups: "commands.list.filter.groups",
  archived: "commands.list.filter.archived",
};
const MENTION_NAMES: Readonly<Record<"any" | "me", MessageId>> = { any: "chats.mentions.any", me: "chats.mentions.me" };
/** Of the chats in the list. */
export const TARGET_NAMES: Readonly<Record<ListTarget | "any", MessageId>> = { any: "targets.filter.any", at_risk: "targets.filter.at_risk", breached: "targets.filter.breached" };
const DENSITY_NAMES: Readonly<Record<Density, MessageId>> = { comfortable: "chats.density.comfortable", compact: "chats.density.compact" };

const keysOf = <K extends string>(record: Readonly<Record<K, unknown>>): readonly K[] => Object.keys(record) as K[];

interface ListMenuItemsProps {
  readonly anchor: HTMLElement;
  readonly onClose: () => void;
}

export function ListMenuItems({ anchor, onClose }: ListMenuItemsProps) {
  const query = useListQuery();
  const changeList = useChangeList();
  const density = useDensity();
  const can = useCan();
  const change = (next: Partial<ListQuery>) => {
    onClose();
    changeList(next);
  };
  return (
    <Popover anchor={anchor} label={t("chats.options")} onClose={onClose}>
      <Choices title={t("chats.sort")} names={SORT_NAMES} values={keysOf(SORT_NAMES)} chosen={query.sort} onChoose={(sort) => change({ sort })} />
      <Choices title={t("chats.status")} names={STATUS_NAMES} values={STATUSES} chosen={query.status} onChoose={(status) => change({ status })} />
      <Filters query={query} onChoose={change} />
      <Choices title={t("chats.mentions")} names={MENTION_NAMES} values={keysOf(MENTION_NAMES)} chosen={query.mentioned ? "me" : "any"} onChoose={(value) => change({ mentioned: value === "me" })} />
      <Choices title={t("targets.filter")} names={TARGET_NAMES} values={keysOf(TARGET_NAMES)} chosen={query.target ?? "any"} onChoose={(value) => change({ target: TARGETS.find((target) => target === value) ?? null })} />
      {can("see_people") && <Owners query={query} onChoose={change} />}
      <Choices
        title={t("chats.density")}
        names={DENSITY_NAMES}
        values={keysOf(DENSITY_NAMES)}
        chosen={density}
        onChoose={(value) => {
          onClose();
          setDensity(value);
        }}
      />
      <MenuLine />
      <PlannedItem />
    </Popover>
  );
}

interface FiltersProps {
  readonly query: ListQuery;
  readonly onChoose: (change: Partial<ListQuery>) => void;
}

/** Which chats are shown, with how many there are where counters know it. */
function Filters({ query, onChoose }: FiltersProps) {
  const countOf = useFilterCounts(query);
  return (
    <Group title={t("chats.filters")}>
      {keysOf(SHOWN_NAMES).map((filter) => (
        <MenuChoice key={filter} isChosen={filter === query.filter} detail={filter === "all" ? null : <HowMany count={countOf(filter)} />} onSelect={() => onChoose({ filter })}>
          {t(SHOWN_NAMES[filter])}
        </MenuChoice>
      ))}
    </Group>
  );
}

function HowMany({ count }: { readonly count: FilterCount | null }) {
  if (count === null) return null;
  return (
    <>
      {count.unread !== null && count.unread > 0 && <span className={styles.unread}>{`${formatCount(count.unread)} ${t("chats.unreadBadge")}`}</span>}
      <span className={styles.chats}>
        <span aria-hidden>{formatCount(count.chats)}</span>
        <span className="visually-hidden">{t("labels.chats", { count: count.chats })}</span>
      </span>
    </>
  );
}

/** Leads to the list of what waits in all chats. */
function PlannedItem() {
  const navigate = useNavigate();
  return (
    <MenuItem icon="history" keys={printKeys("g p")} onSelect={() => navigate("/planned")} testId="list-planned">
      {t("planned.title")}
    </MenuItem>
  );
}

interface GroupProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Group({ title, children }: GroupProps) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className={styles.group}>
      <div id={id} role="presentation" className={styles.title}>
        <Text>{title}</Text>
      </div>
      <div role="presentation">{children}</div>
    </div>
  );
}

interface ChoicesProps<T extends string> {
  readonly title: string;
  readonly names: Readonly<Record<T, MessageId>>;
  readonly values: readonly T[];
  readonly chosen: string;
  readonly onChoose: (value: T) => void;
}

function Choices<T extends string>({ title, names, values, chosen, onChoose }: ChoicesProps<T>) {
  return (
    <Group title={title}>
      {values.map((value) => (
        <MenuChoice key={value} isChosen={value === chosen} onSelect={() => onChoose(value)}>
          {t(names[value])}
        </MenuChoice>
      ))}
    </Group>
  );
}

interface OwnersProps {
  readonly query: ListQuery;
  readonly onChoose: (change: Partial<ListQuery>) => void;
}

/** The users and teams, once they are known; without colleagues there is no choice. */
function Owners({ query, onChoose }: OwnersProps) {
  const users = (useTeam().data ?? []).filter(({ status }) => status === "active");
  const teams = useTeams().data ?? [];
  return (
    <>
      {users.length > 1 && <Named title={t("chats.owner")} any={t("chats.owner.any")} rows={users} chosen={query.assigneeId} onChoose={(assigneeId) => onChoose({ assigneeId })} />}
      {teams.length > 0 && <Named title={t("chats.team")} any={t("chats.team.any")} rows={teams} chosen={query.teamId} onChoose={(teamId) => onChoose({ teamId })} />}
      <MenuLine />
    </>
  );
}

interface NamedProps {
  readonly title: string;
  readonly any: string;
  readonly rows: readonly { readonly id: number; readonly name: string }[];
  readonly chosen: number | null;
  readonly onChoose: (id: number | null) => void;
}

function Named({ title, any, rows, chosen, onChoose }: NamedProps) {
  return (
    <Group title={title}>
      <MenuChoice isChosen={chosen === null} onSelect={() => onChoose(null)}>
        {any}
      </MenuChoice>
      {rows.map(({ id, name }) => (
        <MenuChoice key={id} isChosen={id === chosen} onSelect={() => onChoose(id)}>
          {name}
        </MenuChoice>
      ))}
    </Group>
  );
}
