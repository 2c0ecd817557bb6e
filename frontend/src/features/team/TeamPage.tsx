/** The team: inviting users, changing roles, disabling and enabling them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Secret } from "@/components/Secret";
import { Select } from "@/components/Select";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import { TEAM_KEY, useTeam } from "@/lib/team";
import { useCan, useMe } from "@/lib/rights";
import { nameRole } from "@/lib/roles";
import { isolate } from "@/lib/texts";
import { formatAgo, formatExact } from "@/lib/time";
import { ENTITLEMENTS_KEY } from "@/lib/usage";
import type { TeamRole, TeamUser, TeamUserWithLink } from "@/types/wire";
import { ChatLimit } from "./ChatLimit";
import { NoSeatNotice, SeatsTaken } from "./Seats";
import { TeamSettings } from "./TeamSettings";
import { Teams } from "./Teams";
import styles from "@/components/panels.module.css";

const ROLES: readonly TeamRole[] = ["viewer", "agent", "admin", "owner"];

export function TeamPage() {
  const [made, setMade] = useState<TeamUserWithLink | null>(null);
  const mayManage = useCan()("manage_people");
  return (
    <>
      {mayManage && <InviteForm onMade={setMade} />}
      <TeamList onMade={setMade} />
      <Teams />
      <TeamSettings />
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
        <h2 id="invite-title">{t("team.invite.title")}</h2>
        <SeatsTaken />
      </div>
      <form className={styles.form} onSubmit={submit}>
        <TextField
          label={t("team.invite.email")}
          type="email"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          data-testid="invite-email"
        />
        <RoleSelect label={t("team.invite.role")} roles={roles} value={role} onChange={setRole} />
        <Button type="submit" tone="primary" isBusy={invite.isPending} data-testid="invite-submit">
          {t("team.invite.submit")}
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
    <Select label={label} isLabelHidden value={value} onChange={(event) => onChange(event.target.value as TeamRole)}>
      {roles.map((role) => (
        <option key={role} value={role}>
          {nameRole(role)}
        </option>
      ))}
    </Select>
  );
}

function TeamList({ onMade }: MakesLinks) {
  const team = useTeam();
  if (team.data === undefined) {
    if (team.isError) {
      const message = describeError(team.error);
      return <ErrorState title={t("team.failed")} message={message} onRetry={() => void team.refetch()} />;
    }
    return (
      <Loading label={t("team.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  return (
    <ul className={styles.entries} aria-label={t("team.members")}>
      {team.data.map((user) => (
        <TeamUserRow key={user.id} user={user} onMade={onMade} />
      ))}
    </ul>
  );
}

function describe(user: TeamUser): string {
  const numbers = t("team.numbers", { count: user.numbers.length });
  if (user.status === "disabled") return t("team.deactivated");
  if (user.status === "invited") return t("team.invited", { numbers: numbers.toLowerCase() });
  return user.seen_at === null ? numbers : t("team.seen", { numbers, ago: formatAgo(user.seen_at) });
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
        {mayChange && user.status !== "disabled" && user.role !== "viewer" && <ChatLimit user={user} />}
      </div>
      {mayChange ? (
        <TeamUserActions user={user} isSelf={me?.id === user.id} onMade={onMade} />
      ) : (
        <span className="muted">{nameRole(user.role)}</span>
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
        label={t("team.roleOf", { name: isolate(user.name) })}
        roles={roles}
        value={user.role}
        onChange={(role) => change.mutate({ role })}
      />
      {isActive && (
        <Button size="small" isBusy={link.isPending} onClick={() => link.mutate()}>
          {user.status === "invited" ? t("team.resend") : t("team.reset")}
        </Button>
      )}
      {!isSelf && (
        <Button
          size="small"
          tone="quiet"
          isBusy={change.isPending}
          aria-label={t(isActive ? "team.deactivateOf" : "team.reactivateOf", { name: isolate(user.name) })}
          onClick={() => change.mutate({ is_active: !isActive })}
        >
          {isActive ? t("team.deactivate") : t("team.reactivate")}
        </Button>
      )}
      {error !== null && <Notice tone="bad">{describeError(error)}</Notice>}
    </>
  );
}

function LinkDialog({ made, onClose }: { readonly made: TeamUserWithLink; readonly onClose: () => void }) {
  return (
    <Dialog title={made.user.status === "invited" ? t("team.link.invitation") : t("team.link.reset")} onClose={onClose}>
      <p>
        <Translated
          id="team.link.text"
          values={{ email: made.user.email, time: formatExact(made.link.expires_at) }}
          components={{ b: <strong translate="no" /> }}
        />{" "}
        <Text>{made.link.is_mailed ? t("team.link.mailed") : ""}</Text>
      </p>
      <Secret value={made.link.url} onCopy={copyText} testId="one-time-link" />
    </Dialog>
  );
}
