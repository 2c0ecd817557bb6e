/** The notification settings: events by channels, saved at once, tests, and the devices that get web push. */
import { useState } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Answer } from "@/components/Answer";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Notice } from "@/components/Notice";
import { ErrorState } from "@/components/States";
import panelStyles from "@/components/panels.module.css";
import type { Language } from "@/i18n/languages";
import { i18n, t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { playSound, showOnDesktop } from "@/lib/notifications/alerts";
import { describeKind } from "@/lib/notifications/lines";
import { PREFERENCES_KEY } from "@/lib/notifications/notifications";
import type { NotificationChannel, NotificationEvent, PreferenceChanges, Preferences } from "@/types/wire";
import { Devices } from "./Devices";
import { QuietHours } from "./QuietHours";
import styles from "./bell.module.css";

/** Those that the server offers: push needs a key, mail a mail server. */
function useChannels(): readonly NotificationChannel[] {
  const config = useConfig().data;
  const offered = { bell: true, sound: true, desktop: true, push: config?.webpush_key != null, mail: config?.mail === true };
  return (["bell", "sound", "desktop", "push", "mail"] as const).filter((channel) => offered[channel]);
}

/** Whether the server sends it, while the user has no open app. */
const isSent = (channel: NotificationChannel | undefined): boolean => channel === "push" || channel === "mail";

export function NotificationSettings() {
  const api = useApi();
  const channels = useChannels();
  const { data, error, refetch } = useQuery({ queryKey: PREFERENCES_KEY, queryFn: api.fetchPreferences, staleTime: Infinity });
  return (
    <section className={panelStyles.panel} aria-labelledby="notifications-title">
      <h2 id="notifications-title">{t("notifications.settings")}</h2>
      {data === undefined && error !== null && (
        <ErrorState title={t("notifications.failed")} message={describeError(error)} onRetry={() => void refetch()} />
      )}
      {data !== undefined && <Choices preferences={data} channels={channels} />}
      <p className="muted">{t("notifications.hint")}</p>
      {channels.some(isSent) && <p className="muted">{t("notifications.awayHint")}</p>}
      {data !== undefined && channels.some(isSent) && <Previews isOn={data.previews} />}
      <QuietHours />
      <Tests channels={channels} />
      {channels.includes("push") && <Devices />}
    </section>
  );
}

/** With the language of the app, in which push and mail are written. */
function useChange() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: PreferenceChanges) => api.changePreferences({ ...changes, language: i18n.locale as Language }),
    onSuccess: (preferences) => void client.setQueryData(PREFERENCES_KEY, preferences),
    onError: () => void client.invalidateQueries({ queryKey: PREFERENCES_KEY }),
  });
}

/** What was chosen until the server has answered. */
function useChosen(isOn: boolean, changesOf: (next: boolean) => PreferenceChanges) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const change = useChange();
  const choose = (next: boolean) => {
    setChosen(next);
    change.mutate(changesOf(next), { onSettled: () => setChosen(null) });
  };
  return [chosen ?? isOn, choose] as const;
}

function Previews({ isOn }: { readonly isOn: boolean }) {
  const [isChosen, choose] = useChosen(isOn, (previews) => ({ previews }));
  return (
    <CheckBox checked={isChosen} onChange={({ target }) => choose(target.checked)} detail={t("notifications.previews.detail")} data-testid="notify-previews">
      {t("notifications.previews")}
    </CheckBox>
  );
}

/** Asks for the permission to show something on the desktop where it was not asked for yet. */
async function testDesktop(): Promise<void> {
  if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  showOnDesktop(t("notifications.test.title"), t("notifications.test.text"), "confab-test", null);
}

function useTest() {
  const api = useApi();
  return useMutation({
    mutationFn: async (channel: NotificationChannel) => {
      if (channel === "sound") playSound();
      else if (channel === "desktop") await testDesktop();
      else if (channel === "push" || channel === "mail") await api.testChannel(channel);
    },
  });
}

function Tests({ channels }: { readonly channels: readonly NotificationChannel[] }) {
  const test = useTest();
  return (
    <div className={styles.tests} role="group" aria-labelledby="tests-title">
      <span id="tests-title">{t("notifications.test.button")}</span>
      {channels
        .filter((channel) => channel !== "bell")
        .map((channel) => (
          <Button key={channel} size="small" isBusy={test.isPending && test.variables === channel} onClick={() => test.mutate(channel)} data-testid={`test-${channel}`}>
            {t(`notifications.channel.${channel}`)}
          </Button>
        ))}
      <Answer to={test}>
        {test.isSuccess && isSent(test.variables) && <span className="muted">{t("notifications.test.sent")}</span>}
        {test.isError && <Notice tone="bad">{test.variables === "push" ? t("notifications.test.noDevice") : describeError(test.error)}</Notice>}
      </Answer>
    </div>
  );
}

interface ChoiceBoxProps {
  readonly event: NotificationEvent;
  readonly channel: NotificationChannel;
  readonly isOn: boolean;
  readonly isPossible: boolean;
}

function ChoiceBox({ event, channel, isOn, isPossible }: ChoiceBoxProps) {
  const [isChosen, choose] = useChosen(isOn, (next) => ({ notifications: { [event]: { [channel]: next } } }));
  return (
    <input
      type="checkbox"
      aria-label={`${describeKind(event)}, ${t(`notifications.channel.${channel}`)}`}
      checked={isPossible && isChosen}
      disabled={!isPossible}
      onChange={({ target }) => choose(target.checked)}
      data-testid={`notify-${event}-${channel}`}
    />
  );
}

interface ChoicesProps {
  readonly preferences: Preferences;
  readonly channels: readonly NotificationChannel[];
}

function Choices({ preferences, channels }: ChoicesProps) {
  const events = Object.entries(preferences.notifications) as [NotificationEvent, Readonly<Record<NotificationChannel, boolean>>][];
  return (
    <table className={styles.choices}>
      <thead>
        <tr>
          <th scope="col">{t("notifications.event")}</th>
          {channels.map((channel) => (
            <th key={channel} scope="col">
              {t(`notifications.channel.${channel}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {events.map(([event, chosen]) => (
          <tr key={event}>
            <th scope="row">{describeKind(event)}</th>
            {channels.map((channel) => (
              <td key={channel}>
                <ChoiceBox event={event} channel={channel} isOn={chosen[channel]} isPossible={channel === "bell" || chosen.bell} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
