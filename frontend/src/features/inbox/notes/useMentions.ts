/** The users that can be mentioned after an `@`, and the keys that choose one. */
import { useQuery } from "@tanstack/react-query";
import { useState, type KeyboardEvent } from "react";
import { membersQuery } from "@/lib/members";
import { insertAt, type TextChange } from "@/features/inbox/composer/text/change";
import { useApi } from "@/lib/api/context";
import { keyOf } from "@/lib/keys";
import { useCan, useMe } from "@/lib/rights";
import { useTeam } from "@/lib/team";
import type { Account } from "@/types/wire";
import { findMention, searchUsers } from "./mentionSearch";
import type { Named } from "./noteText";

export interface Mentionable extends Named {
  /** Has no access to the account: it is given with the note. */
  readonly isOutside: boolean;
}

/** The other members of the account; then, for who may add members, the other users of the team. */
export function useMentionable(account: Account): readonly Mentionable[] {
  const members = useQuery(membersQuery(useApi(), account.id)).data?.filter(({ is_active }) => is_active) ?? [];
  const mayGrant = useCan()("manage_members", account);
  const team = useTeam(mayGrant).data ?? [];
  const ownId = useMe().data?.user.id;
  const known = new Set(members.map(({ user_id }) => user_id));
  const others = mayGrant ? team.filter(({ id, status }) => status === "active" && !known.has(id)) : [];
  return [
    ...members.filter(({ user_id }) => user_id !== ownId).map(({ user_id, name }) => ({ id: user_id, name, isOutside: false })),
    ...others.map(({ id, name }) => ({ id, name, isOutside: true })),
  ];
}

export interface MentionList {
  readonly options: readonly Mentionable[];
  readonly selected: number;
  readonly select: (index: number) => void;
  readonly choose: (user: Mentionable) => void;
  /** True if the key was for the list. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
}

interface Options {
  readonly text: string;
  readonly selection: readonly [number, number];
  readonly users: readonly Mentionable[];
  readonly onChoose: (user: Mentionable, change: TextChange) => void;
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function useMentions({ text, selection, users, onChoose }: Options): MentionList {
  const [start, caret] = selection;
  const query = start === caret ? findMention(text, caret) : null;
  const key = query === null ? null : `${query.from} ${query.words}`;
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const [chosen, setChosen] = useState<{ readonly key: string | null; readonly index: number }>({ key: null, index: 0 });
  const options = query === null || closedAt === query.from ? [] : searchUsers(users, query.words);
  const selected = chosen.key === key ? Math.min(chosen.index, options.length - 1) : 0;
  const select = (index: number) => setChosen({ key, index });
  const choose = (user: Mentionable) => {
    if (query === null) return;
    // The name that was chosen is no search.
    setClosedAt(query.from);
    onChoose(user, insertAt(query.from, caret, `@${user.name} `));
  };
  const act = (pressed: string): boolean => {
    const user = options[selected];
    const step = steps[pressed];
    if (step !== undefined) select((selected + step + options.length) % options.length);
    else if (pressed === "Escape") setClosedAt(query?.from ?? null);
    else if ((pressed === "Enter" || pressed === "Tab") && user !== undefined) choose(user);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (options.length === 0 || event.shiftKey || !act(keyOf(event))) return false;
    event.preventDefault();
    return true;
  };
  return { options, selected, select, choose, onKeyDown };
}
