/** The team: inviting users, changing roles, disabling and enabling them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Secret } from "@/components/Secret";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact, Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import { TEAM_KEY, useTeam } from "@/lib/team";
import { useCan, useMe } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import { formatAgo, formatExact } from "@/lib/time";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import type { TeamRole, TeamUser, TeamUserWithLink } from "@/types/wire";
import { NoSeatNotice, SeatsTaken } from "./Seats";
import styles from "@/components/panels.module.css";

const ROLES: readonly TeamRole[] = ["viewer", "agent", "admin", "owner"];

export function TeamPage() {
  const [made, setMade] = useState<TeamUserWithLink | null>(null);
  const mayManage = useCan()("manage_people");
  return (
    <>
      {mayManage && <InviteForm onMade={setMade} />}
      <TeamList onMade={setMade} />
      {made !== null && <LinkDialog made={made} onClose={() => setMade(null)} />}
    </>
  );
}

function useRoles(): readonly TeamRole[] {
  const isOwner = useMe().data?.user.role === "owner";
  return isOwner ? ROLES : ROLES.filter((role) => role !== "owner");
}

/** The list has changed, or the rejection was based on something this page does not show yet. */
function useSettled() {
  const client = useQueryClient();
  return () =>
    Promise.all([TEAM_KEY, ENTITLEMENTS_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));
}

interface MakesLinks {
  readonly onMade: (made: TeamUserWithLink) => void;
}

function useInvite(email: string, role: TeamRole, onMade: MakesLinks["onMade"]) {
  const api = useApi();
  return useMutation({
    mutationFn: () => api.inviteUser(email.trim(), role),
    onSuccess: onMade,
    onSettled: useSettled(),
  });
}

function InviteForm({ onMade }: MakesLinks) {
  const roles = useRoles();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<TeamRole>("agent");
  const invite = useInvite(email, role, (made) => {
    setEmail("");
    onMade(made);
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <section className={styles.panel} aria-labelledby="invite-title">
      <div className={styles.head}>
        <h2 id="invite-title">Invite a teammate</h2>
        <SeatsTaken />
      </div>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label="E-mail"
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="invite-email"
        />
        <RoleSelect label="Role" roles={roles} value={role} onChange={setRole} />
        <Button type="submit" tone="primary" isBusy={invite.isPending} data-testid="invite-submit">
          Invite
        </Button>
      </form>
      <InviteNotice error={invite.error} />
    </section>
  );
}

function InviteNotice({ error }: { readonly error: Error | null }) {
  return <div aria-live="polite">{error === null ? <NoSeatNotice /> : <Notice tone="bad">{describeError(error)}</Notice>}</div>;
}

interface RoleSelectProps {
  readonly label: string;
  readonly roles: readonly TeamRole[];
  readonly value: TeamRole;
  readonly onChange: (role: TeamRole) => void;
}

function RoleSelect({ label, roles, value, onChange }: RoleSelectProps) {
  return (
    <select
      className={styles.select}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value as TeamRole)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {role}
        </option>
      ))}
    </select>
  );
}

function TeamList({ onMade }: MakesLinks) {
  const team = useTeam();
  if (team.data === undefined) {
    if (team.isError) {
      const message = describeError(team.error);
      return <ErrorState title="The team could not be loaded" message={message} onRetry={() => void team.refetch()} />;
    }
    return (
      <Loading label="Loading the team">
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <ul className={styles.entries} aria-label="People">
      {team.data.map((user) => (
        <TeamUserRow key={user.id} user={user} onMade={onMade} />
      ))}
    </ul>
  );
}

function describe(user: TeamUser): string {
  const count = user.numbers.length;
  const numbers = count === 1 ? "1 number" : `${count} numbers`;
  if (user.status === "disabled") return "disabled";
  if (user.status === "invited") return `invited, ${numbers}`;
  return `${numbers}${user.seen_at === null ? "" : `, signed in ${formatAgo(user.seen_at)}`}`;
}

function TeamUserRow({ user, onMade }: MakesLinks & { readonly user: TeamUser }) {
  const me = useMe().data?.user;
  const roles = useRoles();
  const mayChange = useCan()("manage_people") && roles.includes(user.role);
  return (
    <li className={styles.entry} data-testid="person" data-status={user.status}>
      <div className={styles.entryText}>
        <strong translate="no">{user.name}</strong>
        <span translate="no">{user.email}</span>
        <span>{describe(user)}</span>
      </div>
      {mayChange ? (
        <TeamUserActions user={user} isSelf={me?.id === user.id} onMade={onMade} />
      ) : (
        <span className="muted">{user.role}</span>
      )}
    </li>
  );
}

function TeamUserActions({ user, isSelf, onMade }: MakesLinks & { readonly user: TeamUser; readonly isSelf: boolean }) {
  const api = useApi();
  const settled = useSettled();
  const roles = useRoles();
  const change = useMutation({
    mutationFn: (body: { role?: TeamRole; is_active?: boolean }) => api.changeUser(user.id, body),
    onSettled: settled,
  });
  const link = useMutation({ mutationFn: () => api.makeUserLink(user.id), onSuccess: onMade, onSettled: settled });
  const isActive = user.status !== "disabled";
  const error = change.error ?? link.error;
  return (
    <>
      <RoleSelect
        label={`Role of ${isolate(user.name)}`}
        roles={roles}
        value={user.role}
        onChange={(role) => change.mutate({ role })}
      />
      {isActive && (
        <Button size="small" isBusy={link.isPending} onClick={() => link.mutate()}>
          {user.status === "invited" ? "New invitation link" : "Reset password"}
        </Button>
      )}
      {!isSelf && (
        <Button size="small" tone="quiet" isBusy={change.isPending} onClick={() => change.mutate({ is_active: !isActive })}>
          {isActive ? "Disable" : "Enable"}
        </Button>
      )}
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
    </>
  );
}

function LinkDialog({ made, onClose }: { readonly made: TeamUserWithLink; readonly onClose: () => void }) {
  return (
    <Dialog title="Send this link" onClose={onClose}>
      <p>
        It lets <strong translate="no">{made.user.email}</strong> choose a password, once, until{" "}
        <Exact>{formatExact(made.link.expires_at)}</Exact>. It is not shown again.
        {made.link.is_mailed && <Text> It was also sent by e-mail.</Text>}
      </p>
      <Secret value={made.link.url} onCopy={copyText} testId="one-time-link" />
    </Dialog>
  );
}
