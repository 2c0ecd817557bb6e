/** The bell in the navigation: the number of unread notifications, and their list. */
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate } from "@/lib/navigation";
import { Icon } from "@/components/Icon";
import { Exact } from "@/components/Text";
import { Tooltip } from "@/components/Tooltip";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { useCommand } from "@/lib/commands/context";
import { useConfig } from "@/lib/config";
import { afterPage, lazyPart } from "@/lib/lazyPart";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import { useFollowNotifications, useNotifications, useReadNotifications } from "@/lib/notifications/notifications";
import { useMe } from "@/lib/rights";
import railStyles from "./rail.module.css";

const BellList = lazyPart(async () => (await import("@/features/notifications/BellList")).BellList);

export function Bell() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const unread = useNotifications().data?.unread ?? 0;
  const read = useReadNotifications();
  useFollowNotifications();
  useWebpush();
  useCommand({
    id: "settings.notifications.read",
    group: "settings",
    label: t("notifications.readAll"),
    isEnabled: unread > 0,
    run: () => void read({ all: true }).catch(() => undefined),
  });
  return (
    <>
      <Tooltip text={t("notifications.title")} side="beside">
        <button
          type="button"
          className={railStyles.item}
          aria-haspopup="dialog"
          aria-expanded={anchor !== null}
          onClick={({ currentTarget }) => setAnchor(anchor === null ? currentTarget : null)}
          data-testid="bell"
        >
          <span className={railStyles.icon}>
            <Icon name="unmute" />
            {unread > 0 && <Count count={unread} />}
          </span>
          <span className={railStyles.label}>{t("notifications.channel.bell")}</span>
        </button>
      </Tooltip>
      {anchor !== null && <BellList anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}

/** Renews this browser's web push for the session, and opens what the user clicks in one. */
function useWebpush(): void {
  const api = useApi();
  const navigate = useNavigate();
  const config = useConfig().data;
  const userId = useMe().data?.user.id;
  const open = useEffectEvent((path: string) => navigate(path));
  useEffect(() => {
    const workers = (navigator as Partial<Navigator>).serviceWorker;
    const listen = ({ data }: MessageEvent<{ readonly open?: string } | null>) => {
      if (data?.open !== undefined) open(data.open);
    };
    workers?.addEventListener("message", listen);
    return () => workers?.removeEventListener("message", listen);
  }, []);
  const key = config === undefined ? undefined : config.webpush_key;
  useEffect(() => {
    if (key === undefined || userId === undefined) return;
    afterPage(async () => {
      const { renewPush } = await withDeadline(LIMITS_MS.chunk, () => import("@/lib/notifications/webpush"));
      await renewPush(api, key, userId);
    });
  }, [api, key, userId]);
}

function Count({ count }: { readonly count: number }) {
  return (
    <span className={railStyles.count} data-testid="bell-count">
      <Exact>{count > 99 ? "99+" : count}</Exact>
      <span className="visually-hidden">{` ${t("app.nav.unread")}`}</span>
    </span>
  );
}
