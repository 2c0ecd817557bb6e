/** The teams that chats are assigned to. */
import { useState } from "react";
import { Button } from "@/components/Button";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { useCan } from "@/lib/rights";
import { useTeams } from "@/lib/teams";
import type { Team } from "@/types/wire";
import { TeamDialog } from "./TeamDialog";
import styles from "@/components/panels.module.css";

export function Teams() {
  const [edited, setEdited] = useState<Team | "new" | null>(null);
  const mayManage = useCan()("manage_people");
  return (
    <section className={styles.panel} aria-labelledby="teams-title" data-testid="teams">
      <div className={styles.head}>
        <h2 id="teams-title">{t("teams.title")}</h2>
        {mayManage && (
          <Button size="small" onClick={() => setEdited("new")} data-testid="team-new">
            {t("teams.new")}
          </Button>
        )}
      </div>
      <p>{t("teams.about")}</p>
      <TeamRows onEdit={mayManage ? setEdited : null} />
      {edited !== null && <TeamDialog team={edited === "new" ? null : edited} onClose={() => setEdited(null)} />}
    </section>
  );
}

function TeamRows({ onEdit }: { readonly onEdit: ((team: Team) => void) | null }) {
  const { data: teams, error, refetch } = useTeams();
  if (error !== null) return <ErrorState title={t("teams.failed")} message={describeError(error)} onRetry={() => void refetch()} />;
  if (teams === undefined) {
    return (
      <Loading label={t("app.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (teams.length === 0) return <p data-testid="teams-none">{t("teams.none")}</p>;
  return (
    <ul className={styles.entries}>
      {teams.map((team) => (
        <li key={team.id} className={styles.entry} data-testid="team-row">
          <div className={styles.entryText}>
            <strong translate="no">{team.name}</strong>
            <Text>{t("teams.count", { count: team.users.length })}</Text>
          </div>
          {onEdit !== null && (
            <Button size="small" aria-label={t("teams.edit", { name: team.name })} onClick={() => onEdit(team)} data-testid="team-edit">
              {t("messages.menu.edit")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
