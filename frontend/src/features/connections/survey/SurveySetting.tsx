/** Whether a number asks its contacts for a rating; the rest is in a dialog. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/Button";
import { LoadingDialog } from "@/components/LoadingDialog";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { lazyPart } from "@/lib/lazyPart";
import type { Account } from "@/types/wire";
import { settingsKey } from "./settingsKey";
import styles from "./survey.module.css";

const SurveyDialog = lazyPart(async () => (await import("./SurveyDialog")).SurveyDialog, { Waiting: LoadingDialog });

export function SurveySetting({ account }: { readonly account: Account }) {
  const api = useApi();
  const [isOpen, setOpen] = useState(false);
  const settings = useQuery({ queryKey: settingsKey(account.id), queryFn: ({ signal }) => api.fetchSurveySettings(account.id, signal) });
  const state = settings.data === undefined ? "…" : t(settings.data.is_on ? "ratings.setting.on" : "ratings.setting.off");
  return (
    <div className={styles.setting}>
      <Text>{t("ratings.setting")}</Text>
      <span className={styles.state} data-testid="account-survey-state">{state}</span>
      <Button size="small" disabled={settings.data === undefined} onClick={() => setOpen(true)} aria-label={t("ratings.setting.change", { state })} data-testid="account-survey">
        {t("ratings.setting.edit")}
      </Button>
      {isOpen && settings.data !== undefined && <SurveyDialog account={account} settings={settings.data} onClose={() => setOpen(false)} />}
    </div>
  );
}
