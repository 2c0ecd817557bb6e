/** What holds for all users: how chats are assigned, and whether archived chats stay archived. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CheckBox } from "@/components/CheckBox";
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useCan } from "@/lib/rights";
import type { TeamSettings as Settings } from "@/types/wire";
import styles from "@/components/panels.module.css";

const SETTINGS_KEY = ["team-settings"] as const;

const NAMES = [
  { name: "answer_assigns", text: "answerAssigns" },
  { name: "keep_archived", text: "keepArchived" },
] as const;

function useSettings() {
  const api = useApi();
  const client = useQueryClient();
  const { data, error } = useQuery({ queryKey: SETTINGS_KEY, queryFn: ({ signal }) => api.fetchTeamSettings(signal) });
  const change = useMutation({
    mutationFn: (changes: Partial<Settings>) => api.changeTeamSettings(changes),
    // One after the other: the last answer has them all.
    scope: { id: "team-settings" },
    onSuccess: (settings) => client.setQueryData(SETTINGS_KEY, settings),
  });
  const settings = data && { ...data, ...(change.isPending ? change.variables : {}) };
  return { settings, error: change.error ?? error, change: change.mutate };
}

export function TeamSettings() {
  const mayManage = useCan()("manage_people");
  const { settings, error, change } = useSettings();
  return (
    <section className={styles.panel} aria-labelledby="team-settings-title">
      <h2 id="team-settings-title">{t("team.settings.title")}</h2>
      {settings !== undefined &&
        NAMES.map(({ name, text }) => (
          <CheckBox
            key={name}
            checked={settings[name]}
            disabled={!mayManage}
            onChange={(event) => change({ [name]: event.target.checked })}
            detail={t(`team.settings.${text}Detail`)}
            data-testid={`team-setting-${name}`}
          >
            {t(`team.settings.${text}`)}
          </CheckBox>
        ))}
      <div aria-live="polite">{error !== null && <Notice tone="bad">{describeError(error)}</Notice>}</div>
    </section>
  );
}
