/** What narrows or orders the list besides its tab, each with a button that takes it away. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Icon } from "@/components/Icon";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { useFeedListener } from "@/lib/socket/context";
import { useTeam } from "@/lib/team";
import { isolate } from "@/lib/texts";
import { useMinute } from "@/lib/useMinute";
import { parseQuery, withChange, type ListQuery } from "@/features/inbox/chats/query/listQuery";
import { useInbox } from "@/features/inbox/context";
import { CHATS_KEY } from "@/features/inbox/data/queryKeys";
import { useLabels } from "@/features/inbox/labels/labelsContext";
import { useChangeList } from "@/features/inbox/chats/query/useListQuery";
import { SORT_NAMES, STATUS_NAMES, TARGET_NAMES } from "./ListMenuItems";
import { useTeams } from "@/lib/teams";
import styles from "./narrowed-by.module.css";

const FILTER_NAMES: Readonly<Record<"groups" | "archived", MessageId>> = { groups: "chats.filter.groups", archived: "chats.filter.archived" };

interface Narrowing {
  readonly name: string;
  readonly undo: Partial<ListQuery>;
}

/** The status that the view has if nothing else is asked for. */
const usualOf = ({ view }: ListQuery) => parseQuery(withChange(new URLSearchParams(), { view }), { view, sort: "recent" }).status;

function useNames({ assigneeId, teamId }: ListQuery) {
  const nameOf = (rows: readonly { readonly id: number; readonly name: string }[] | undefined, id: number) => rows?.find((row) => row.id === id)?.name ?? `#${id}`;
  const [users, teams] = [useTeam().data, useTeams().data];
  return { assignee: assigneeId === null ? null : nameOf(users, assigneeId), team: teamId === null ? null : nameOf(teams, teamId) };
}

function useNarrowings(query: ListQuery): readonly Narrowing[] {
  const { assignee, team } = useNames(query);
  const { filter, sort, status } = query;
  const usual = usualOf(query);
  const { byId } = useLabels();
  return [
    ...(filter === "groups" || filter === "archived" ? [{ name: t(FILTER_NAMES[filter]), undo: { filter: "all" } as const }] : []),
    ...(status === usual ? [] : [{ name: t(STATUS_NAMES[status]), undo: { status: usual } }]),
    ...(assignee === null ? [] : [{ name: assignee, undo: { assigneeId: null } }]),
    ...(team === null ? [] : [{ name: team, undo: { teamId: null } }]),
    ...query.labels.map((id) => ({ name: byId.get(id)?.name ?? `#${id}`, undo: { labels: query.labels.filter((other) => other !== id) } })),
    ...(query.mentioned ? [{ name: t("chats.mentions.me"), undo: { mentioned: false } as const }] : []),
    ...(query.waitingMinutes === null ? [] : [{ name: t("views.waiting", { count: query.waitingMinutes }), undo: { waitingMinutes: null } }]),
    ...(query.target === null ? [] : [{ name: t(TARGET_NAMES[query.target]), undo: { target: null } }]),
    ...(sort === "recent" ? [] : [{ name: t(SORT_NAMES[sort]), undo: { sort: "recent" } as const }]),
  ];
}

/** Reads the list again when a note, or a reopened conversation, may have changed where the user is mentioned. */
function useMentionNotices(isWanted: boolean): void {
  const client = useQueryClient();
  const { userId } = useInbox();
  useFeedListener({
    onChange: ({ event, data }) => {
      const isMention = event === "note:new" && data.mentions.some(({ id }) => id === userId);
      const isOther = event === "note:updated" || (event === "activity:new" && data.kind === "opened");
      if (isWanted && (isMention || isOther)) void client.invalidateQueries({ queryKey: [CHATS_KEY], type: "active" });
    },
  });
}

/** What is not followed from now on is read again when it is shown next. */
function useForgetting(isFollowed: boolean): void {
  const client = useQueryClient();
  useEffect(() => (isFollowed ? () => void client.invalidateQueries({ queryKey: [CHATS_KEY], refetchType: "none" }) : undefined), [client, isFollowed]);
}

/** Reads the list again as time passes: no frame says that a clock has run on. */
function useStandings(isWanted: boolean): void {
  const client = useQueryClient();
  const now = useMinute();
  const read = useRef(now);
  useEffect(() => {
    if (isWanted && read.current !== now) void client.invalidateQueries({ queryKey: [CHATS_KEY], type: "active" });
    read.current = now;
  }, [client, isWanted, now]);
}

export function NarrowedBy({ query }: { readonly query: ListQuery }) {
  const narrowings = useNarrowings(query);
  useMentionNotices(query.mentioned);
  useStandings(query.target !== null);
  useForgetting(query.mentioned || query.target !== null);
  const change = useChangeList();
  return (
    <ul className={styles.narrowed} aria-label={t("chats.narrowed")} data-testid="narrowed-by">
      {narrowings.map(({ name, undo }) => (
        <li key={name}>
          <button type="button" className={styles.one} aria-label={t("chats.narrowed.remove", { name: isolate(name) })} onClick={() => change(undo)}>
            <span translate="no">{name}</span>
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}
