/** How many open chats a user can have before none are handed out to them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LimitField } from "@/components/LimitField";
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { MOST_CHATS } from "@/lib/assigning";
import { TEAM_KEY } from "@/lib/team";
import { isolate } from "@/lib/texts";
import type { TeamUser } from "@/types/wire";
import styles from "./teams.module.css";

export function ChatLimit({ user }: { readonly user: TeamUser }) {
  const api = useApi();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (chat_limit: number | null) => api.changeUser(user.id, { chat_limit }),
    onSettled: () => client.invalidateQueries({ queryKey: TEAM_KEY }),
  });
  return (
    <div className={styles.limit}>
      <LimitField
        label={t("assigning.limit.own")}
        name={t("assigning.limit.of", { name: isolate(user.name) })}
        value={change.isPending ? change.variables : user.chat_limit}
        max={MOST_CHATS}
        placeholder={t("assigning.limit.none")}
        isBusy={change.isPending}
        onChange={change.mutate}
        testId="user-chat-limit"
      />
      {change.error !== null && <Notice tone="bad">{describeError(change.error)}</Notice>}
    </div>
  );
}
