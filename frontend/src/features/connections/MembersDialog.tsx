/** The members of an account and their roles. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Loading, Skeleton } from "@/components/States";
import { nameAccount, useNewest } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import type { Member, MemberRole } from "@/types/wire";
import type { Account } from "@/types/wire";
import { useTeam } from "@/lib/team";
import { useCan } from "@/lib/rights";
import { membersQuery } from "./members";
import dialogStyles from "@/components/dialog.module.css";
import styles from "@/components/panels.module.css";

const ROLES: readonly MemberRole[] = ["viewer", "agent", "owner"];

function useMembers(accountId: number) {
  const api = useApi();
  const client = useQueryClient();
  const query = membersQuery(api, accountId);
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }) };
  const set = useMutation({
    mutationFn: ({ userId, role }: { userId: number; role: MemberRole }) => api.setMember(accountId, userId, role),
    ...settled,
  });
  const remove = useMutation({ mutationFn: (userId: number) => api.removeMember(accountId, userId), ...settled });
  return { members: useQuery(query), set, remove };
}

interface MembersDialogProps {
  readonly account: Account;
  readonly onTransfer: () => void;
  readonly onClose: () => void;
}

export function MembersDialog({ account: chosen, onTransfer, onClose }: MembersDialogProps) {
  const account = useNewest(chosen);
  const mayTransfer = useCan()("hand_over_number", account);
  const { members, set, remove } = useMembers(account.id);
  const error = members.error ?? set.error ?? remove.error;
  return (
    <Dialog title={`People on ${nameAccount(account)}`} onClose={onClose}>
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
      {members.data === undefined ? (
        <Loading label="Loading the members">
          <Skeleton className={styles.skeleton} />
        </Loading>
      ) : (
        <>
          <ul className={styles.entries} aria-label="People on this number">
            {members.data.map((member) =>
              member.user_id === account.payer_id ? (
                <PayerRow key={member.user_id} member={member} onTransfer={mayTransfer ? onTransfer : undefined} />
              ) : (
                <MemberRow
                  key={member.user_id}
                  member={member}
                  onSet={(role) => set.mutate({ userId: member.user_id, role })}
                  onRemove={() => remove.mutate(member.user_id)}
                />
              ),
            )}
          </ul>
          <AddMember members={members.data} isBusy={set.isPending} onAdd={(userId) => set.mutate({ userId, role: "agent" })} />
        </>
      )}
    </Dialog>
  );
}

interface PayerRowProps {
  readonly member: Member;
  /** Only for users who may transfer it. */
  readonly onTransfer: (() => void) | undefined;
}

function PayerRow({ member, onTransfer }: PayerRowProps) {
  return (
    <li className={styles.entry} data-testid="member" data-payer>
      <div className={styles.entryText}>
        <strong>{member.name}</strong>
        <span>Their plan pays for this number</span>
      </div>
      <span className="muted">owner</span>
      {onTransfer !== undefined && (
        <Button size="small" onClick={onTransfer} data-testid="hand-over">
          Transfer…
        </Button>
      )}
    </li>
  );
}

interface MemberRowProps {
  readonly member: Member;
  readonly onSet: (role: MemberRole) => void;
  readonly onRemove: () => void;
}

function MemberRow({ member, onSet, onRemove }: MemberRowProps) {
  return (
    <li className={styles.entry} data-testid="member">
      <div className={styles.entryText}>
        <strong>{member.name}</strong>
        <span translate="no">{member.email}</span>
      </div>
      <select
        className={styles.select}
        aria-label={`Role of ${isolate(member.name)}`}
        value={member.role}
        onChange={(event) => onSet(event.target.value as MemberRole)}
      >
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </select>
      <Button size="small" tone="quiet" onClick={onRemove} aria-label={`Remove ${isolate(member.name)}`}>
        Remove
      </Button>
    </li>
  );
}

interface AddMemberProps {
  readonly members: readonly Member[];
  readonly isBusy: boolean;
  readonly onAdd: (userId: number) => void;
}

function AddMember({ members, isBusy, onAdd }: AddMemberProps) {
  const team = useTeam().data ?? [];
  const [chosen, setChosen] = useState("");
  const others = team.filter(({ id, status }) => status !== "disabled" && !members.some((m) => m.user_id === id));
  if (others.length === 0) return <p className="muted">Everyone on the team is already a member.</p>;
  const add = () => {
    onAdd(Number(chosen));
    setChosen("");
  };
  return (
    <div className={dialogStyles.actions}>
      <select className={styles.select} aria-label="User to add" value={chosen} onChange={(event) => setChosen(event.target.value)}>
        <option value="">Choose a member</option>
        {others.map((user) => (
          <option key={user.id} value={user.id}>
            {`${user.name} (${user.email})`}
          </option>
        ))}
      </select>
      <Button tone="primary" disabled={chosen === ""} isBusy={isBusy} onClick={add} data-testid="member-add">
        Add
      </Button>
    </div>
  );
}
