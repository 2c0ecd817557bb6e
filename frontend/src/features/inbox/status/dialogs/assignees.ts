/** The users that chats can be given to. */
import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { membersQuery } from "@/lib/members";
import { useLoads } from "./loads";
import { useInbox } from "@/features/inbox/context";
import { useApi } from "@/lib/api/context";
import { useTeam } from "@/lib/team";
import type { Member } from "@/types/wire";

interface Assignee {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly isAway: boolean;
  /** Null until it is known. */
  readonly load: string | null;
}

type Members = readonly Member[];

/** The members who can answer in every account; null while some are loading. */
function inAll(lists: readonly (Members | undefined)[]): Members | null {
  const [first, ...others] = lists.map((members) => members?.filter(({ role, is_active }) => is_active && role !== "viewer"));
  if (first === undefined || others.includes(undefined)) return null;
  return first.filter(({ user_id: id }) => others.every((members) => members?.some(({ user_id }) => user_id === id) === true));
}

const combine = (results: readonly UseQueryResult<Members>[]) => ({ members: inAll(results.map(({ data }) => data)), isFetching: results.some(({ isFetching }) => isFetching) });

interface Assignees {
  /** The user first, then by name; null while they load. */
  readonly people: readonly Assignee[] | null;
  /** They may not be all yet. */
  readonly isFetching: boolean;
}

/** Those who can answer in all of the accounts. */
export function useAssignees(accountIds: readonly number[]): Assignees {
  const { userId } = useInbox();
  const api = useApi();
  const { members, isFetching } = useQueries({ queries: [...new Set(accountIds)].map((id) => membersQuery(api, id)), combine });
  const loads = useLoads([...new Set(accountIds)]);
  const { data: team, isFetching: isTeamFetching } = useTeam();
  const people = useMemo(() => {
    if (members === null || team === undefined) return null;
    const known = new Map(team.map((user) => [user.id, user]));
    const found = members.flatMap(({ user_id: id, name, email }): Assignee[] => {
      const user = known.get(id);
      return user?.role === "viewer" ? [] : [{ id, name, email, isAway: (user?.away_since ?? null) !== null, load: loads.get(id) ?? null }];
    });
    return found.toSorted((one, other) => Number(other.id === userId) - Number(one.id === userId) || one.name.localeCompare(other.name));
  }, [members, team, loads, userId]);
  return { people, isFetching: isFetching || isTeamFetching };
}
