/** The members of an account and their roles. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { Select } from "@/components/Select";
import { Loading, Skeleton } from "@/components/States";
import { t } from "@/i18n/translate";
import { nameAccount, useNewest } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { nameRole } from "@/lib/roles";
import { isolate } from "@/lib/texts";
import type { Member, MemberRole } from "@/types/wire";
import type { Account } from "@/types/wire";
import { useTeam } from "@/lib/team";
import { useCan } from "@/lib/rights";
import { membersQuery } from "@/lib/members";
import { describeLoad, loadsQuery } from "@/lib/assigning";
import styles from "@/components/panels.module.css";

const ROLES: readonly MemberRole[] = ["viewer", "agent", "owner"];

interface SetMember {
  readonly userId: number;
  readonly role: MemberRole;
  readonly restricted?: boolean;
}

function useMembers(accountId: number) {
  const api = useApi();
  const client = useQueryClient();
  const query = membersQuery(api, accountId);
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: query.queryKey }) };
  const set = useMutation({
    mutationFn: ({ userId, ...body }: SetMember) => api.setMember(accountId, userId, body),
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
  // As it was chosen, until the list has been read again.
  const chosenOf = ({ user_id, restricted }: Member) =>
    (set.isPending && set.variables.userId === user_id ? set.variables.restricted : undefined) ?? restricted;
  const error = members.error ?? set.error ?? remove.error;
  return (
    <Dialog title={t("numbers.members.title", { name: isolate(nameAccount(account)) })} onClose={onClose}>
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
      {members.data === undefined ? (
        <Loading label={t("numbers.members.loading")}>
          <Skeleton className={styles.skeleton} />
        </Loading>
      ) : (
        <>
          <ul className={styles.entries} aria-label={t("numbers.members.label")}>
            {members.data.map((member) =>
              member.user_id === account.payer_id ? (
                <PayerRow key={member.user_id} account={account} member={member} onTransfer={mayTransfer ? onTransfer : undefined} />
              ) : (
                <MemberRow
                  key={member.user_id}
                  {...{ account, member: { ...member, restricted: chosenOf(member) } }}
                  onSet={(role, restricted) => set.mutate({ userId: member.user_id, role, ...(restricted !== undefined && { restricted }) })}
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

/** How many open chats they have; nothing for viewers, and while it loads. */
function MemberLoad({ account, userId }: { readonly account: Account; readonly userId: number }) {
  const load = useQuery(loadsQuery(useApi(), account.id)).data?.find(({ user_id }) => user_id === userId);
  if (load === undefined) return null;
  return <span data-testid="member-load">{t("assigning.load", { load: describeLoad(load, account.chat_limit) })}</span>;
}

interface PayerRowProps {
  readonly account: Account;
  readonly member: Member;
  /** Only for users who may transfer it. */
  readonly onTransfer: (() => void) | undefined;
}

function PayerRow({ account, member, onTransfer }: PayerRowProps) {
  return (
    <li className={styles.entry} data-testid="member" data-payer>
      <div className={styles.entryText}>
        <strong>{member.name}</strong>
        <span>{t("numbers.members.payer")}</span>
        <MemberLoad account={account} userId={member.user_id} />
      </div>
      <span className="muted">{nameRole("owner")}</span>
      {onTransfer !== undefined && (
        <Button size="small" onClick={onTransfer} data-testid="hand-over">
          {t("numbers.members.transfer")}
        </Button>
      )}
    </li>
  );
}

interface MemberRowProps {
  readonly account: Account;
  readonly member: Member;
  readonly onSet: (role: MemberRole, restricted?: boolean) => void;
  readonly onRemove: () => void;
}

function MemberRow({ account, member, onSet, onRemove }: MemberRowProps) {
  return (
    <li className={styles.entry} data-testid="member">
      <div className={styles.entryText}>
        <strong>{member.name}</strong>
        <span translate="no">{member.email}</span>
        <MemberLoad account={account} userId={member.user_id} />
        {member.role === "agent" && (
          <CheckBox
            checked={member.restricted}
            onChange={(event) => onSet("agent", event.target.checked)}
            aria-label={t("numbers.members.restrictOf", { name: isolate(member.name) })}
            data-testid="member-restricted"
          >
            {t("numbers.members.restrict")}
          </CheckBox>
        )}
      </div>
      <Select
        label={t("numbers.members.role", { name: isolate(member.name) })}
        isLabelHidden
        value={member.role}
        onChange={(event) => onSet(event.target.value as MemberRole)}
      >
        {ROLES.map((role) => (
          <option key={role} value={role}>
            {nameRole(role)}
          </option>
        ))}
      </Select>
      <Button size="small" tone="quiet" onClick={onRemove} aria-label={t("numbers.members.removeOf", { name: isolate(member.name) })}>
        {t("numbers.members.remove")}
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
  if (others.length === 0) return <p className="muted">{t("numbers.members.everyone")}</p>;
  const add = () => {
    onAdd(Number(chosen));
    setChosen("");
  };
  return (
    <DialogButtons>
      <Select label={t("numbers.members.teammate")} isLabelHidden value={chosen} onChange={(event) => setChosen(event.target.value)}>
        <option value="">{t("numbers.members.choose")}</option>
        {others.map((user) => (
          <option key={user.id} value={user.id}>
            {`${user.name} (${user.email})`}
          </option>
        ))}
      </Select>
      <Button tone="primary" disabled={chosen === ""} isBusy={isBusy} onClick={add} data-testid="member-add">
        {t("numbers.members.add")}
      </Button>
    </DialogButtons>
  );
}
