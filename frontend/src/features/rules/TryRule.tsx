/** Tries a rule on a chat: which conditions hold, and what it would do. Nothing is changed. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Select } from "@/components/Select";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeLeftOut } from "@/lib/leftOut";
import { firstShown } from "@/lib/texts";
import { formatAgo } from "@/lib/time";
import type { RuleTrial } from "@/types/wire";
import { isTimed, missingToTry, testOf, type RuleDraft } from "./drafts";
import { Problem } from "./fields";
import styles from "./rules.module.css";

const RECENT = 30;

/** The chats of the first account of the rule that were active last. */
function useRecentChats(accountId: number | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ["rules", "chats", accountId],
    queryFn: async ({ signal }) => (accountId === undefined ? [] : (await api.listChats(accountId, { cursor: null, limit: RECENT }, signal)).items),
  });
}

export function TryRule({ draft }: { readonly draft: RuleDraft }) {
  const api = useApi();
  const accountId = draft.account_ids[0];
  const chats = useRecentChats(accountId).data?.filter(({ kind }) => kind !== "channel") ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const chatId = chosen ?? chats[0]?.id;
  const trial = useMutation({
    mutationFn: async (tried: RuleDraft) => {
      const { event, minutes, conditions, actions } = tried;
      return { tried, chatId, found: await api.tryRule({ account_id: accountId ?? 0, chat_id: chatId ?? 0, event, minutes, conditions, actions }) };
    },
  });
  // What was tried before the last change says nothing about the rule as it is now.
  const result = trial.data?.tried === draft && trial.data.chatId === chatId ? trial.data.found : null;
  if (chats.length === 0) return null;
  return (
    <section className={styles.part}>
      <h3>{t("rules.try")}</h3>
      <div className={styles.try}>
        <Select label={t("rules.tryChat")} isLabelHidden value={chatId} onChange={(event) => setChosen(Number(event.target.value))}>
          {chats.map((chat) => (
            <option key={chat.id} value={chat.id}>{firstShown(chat.title) ?? t("rules.unnamedChat")}</option>
          ))}
        </Select>
        <Button disabled={missingToTry(draft) !== null} isBusy={trial.isPending} onClick={() => trial.mutate(draft)} data-testid="rule-try">{t("rules.tryButton")}</Button>
      </div>
      <Problem error={trial.error} />
      <div aria-live="polite">{result !== null && <Result trial={result} draft={draft} />}</div>
    </section>
  );
}

function Result({ trial, draft }: { readonly trial: RuleTrial; readonly draft: RuleDraft }) {
  const box = useRef<HTMLDivElement>(null);
  // It would appear under the buttons of the dialog.
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, [trial]);
  const about = trial.event === null ? t(isTimed(draft.event) ? "rules.try.now" : "rules.try.none") : t("rules.try.event", { ago: formatAgo(trial.event.at) });
  return (
    <div ref={box} className={styles.result} data-testid="rule-trial">
      <p><strong>{t(trial.would_run ? "rules.try.yes" : "rules.try.no")}</strong> <Text>{about}</Text></p>
      <ul>
        {draft.conditions.map((condition, index) => (
          <li key={`c${index}`}>
            <Icon name={trial.conditions[index] === true ? "check" : "close"} size={16} />
            <span>{[t(`rules.test.${testOf(condition)}`), t(trial.conditions[index] === true ? "rules.try.holds" : "rules.try.fails")].join(": ")}</span>
          </li>
        ))}
        {trial.actions.map((action, index) => (
          <li key={`a${index}`}>
            <Icon name={action.error === null ? "check" : "close"} size={16} />
            <span>{[t(`rules.action.${action.kind}`), describeLeftOut(action)].filter((text) => text !== null).join(": ")}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
