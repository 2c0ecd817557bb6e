/** The devices that get the user's web push: this browser on or off, the others removed. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Answer } from "@/components/Answer";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import panelStyles from "@/components/panels.module.css";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useCommand } from "@/lib/commands/context";
import { useConfig } from "@/lib/config";
import { readPushState, turnOffPush, turnOnPush } from "@/lib/notifications/webpush";
import { useMe } from "@/lib/rights";
import { isolate } from "@/lib/texts";
import { formatAgo } from "@/lib/time";
import type { Device } from "@/types/wire";
import styles from "./bell.module.css";

const DEVICES_KEY = ["devices"] as const;
const STATE_KEY = ["push-state"] as const;

function useReadAgain() {
  const client = useQueryClient();
  return () => Promise.all([DEVICES_KEY, STATE_KEY].map((queryKey) => client.invalidateQueries({ queryKey })));
}

function useTurnOn() {
  const api = useApi();
  const key = useConfig().data?.webpush_key ?? null;
  const userId = useMe().data?.user.id;
  const readAgain = useReadAgain();
  return useMutation({
    mutationFn: async () => key !== null && userId !== undefined && (await turnOnPush(api, key, userId)),
    onSettled: readAgain,
  });
}

export function Devices() {
  const api = useApi();
  const devices = useQuery({ queryKey: DEVICES_KEY, queryFn: api.listDevices });
  return (
    <div className={styles.devices} role="group" aria-labelledby="devices-title">
      <h3 id="devices-title">{t("notifications.devices")}</h3>
      {devices.data !== undefined && devices.data.length > 0 && (
        <ul className={panelStyles.entries} aria-labelledby="devices-title">
          {devices.data.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </ul>
      )}
      <ThisDevice isListed={devices.data?.some((device) => device.is_current) ?? true} />
    </div>
  );
}

/** Offers web push in this browser, or says why it cannot be had here. */
function ThisDevice({ isListed }: { readonly isListed: boolean }) {
  const userId = useMe().data?.user.id;
  const state = useQuery({ queryKey: STATE_KEY, queryFn: () => readPushState(userId ?? 0), enabled: userId !== undefined }).data;
  const turnOn = useTurnOn();
  const isOffered = state === "off" || (state === "on" && !isListed);
  useCommand({ id: "settings.push.on", group: "settings", label: t("notifications.devices.on"), isEnabled: isOffered, run: () => turnOn.mutate() });
  if (state === "unsupported" || state === "blocked") return <p className="muted">{t(`notifications.devices.${state}`)}</p>;
  return (
    <>
      {isOffered && (
        <div>
          <Button isBusy={turnOn.isPending} onClick={() => turnOn.mutate()} data-testid="push-on">
            {t("notifications.devices.on")}
          </Button>
        </div>
      )}
      <Answer to={turnOn}>{turnOn.isError && <Notice tone="bad">{t("notifications.devices.failed")}</Notice>}</Answer>
    </>
  );
}

function DeviceRow({ device }: { readonly device: Device }) {
  const api = useApi();
  const readAgain = useReadAgain();
  const remove = useMutation({
    mutationFn: async () => {
      if (device.is_current) await turnOffPush();
      await api.removeDevice(device.id);
    },
    onSettled: readAgain,
  });
  const added = t("notifications.devices.added", { ago: formatAgo(device.created_at) });
  return (
    <li className={panelStyles.entry} data-testid="device">
      <div className={panelStyles.entryText}>
        <strong translate="no">{device.name}</strong>
        <span>{device.is_current ? `${t("notifications.devices.this")} · ${added}` : added}</span>
      </div>
      <Button
        size="small"
        tone="quiet"
        isBusy={remove.isPending}
        onClick={() => remove.mutate()}
        aria-label={t("notifications.devices.removeOf", { name: isolate(device.name) })}
        data-testid="device-remove"
      >
        {t("notifications.devices.remove")}
      </Button>
      {remove.isError && <Notice tone="bad">{describeError(remove.error)}</Notice>}
    </li>
  );
}
