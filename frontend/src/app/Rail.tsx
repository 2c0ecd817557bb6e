/** The navigation: a rail beside the page, a bar below it on a phone. */
import { NavLink } from "@/lib/navigation";
import { Icon, type IconName } from "@/components/Icon";
import { Mark } from "@/components/Logo";
import { Exact } from "@/components/Text";
import { Tooltip } from "@/components/Tooltip";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { useConfig } from "@/lib/config";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";
import type { User } from "@/types/wire";
import type { Health } from "./health";
import { UserMenu } from "./UserMenu";
import { useStatus } from "./useStatus";
import styles from "./rail.module.css";

/** After the navigation and the list. */
const Bell = lazyPart(async () => (await import("./Bell")).Bell, { preloading: "page", isExtra: true });

export function Rail({ user, unread }: { readonly user: User; readonly unread: number }) {
  const isSandbox = useConfig().data?.sandbox ?? false;
  const can = useCan();
  const { numbers, usage } = useStatus();
  return (
    <nav className={styles.rail} aria-label={t("app.nav.label")}>
      <span className={styles.mark}>
        <Mark size={32} />
      </span>
      <RailLink to="/inbox" icon="inbox" label={t("app.nav.inbox")} count={unread} />
      <RailLink to="/contacts" icon="people" label={t("app.nav.contacts")} isDesktopOnly />
      <RailLink to="/connections" icon="phone" label={t("app.nav.numbers")} status={numbers} />
      <RailLink to="/usage" icon="chart" label={t("app.nav.usage")} status={usage} />
      <RailLink to="/planned" icon="history" label={t("app.nav.planned")} isDesktopOnly />
      <RailLink to="/ratings" icon="star" label={t("app.nav.ratings")} isDesktopOnly />
      {can("see_reports") && <RailLink to="/reports" icon="reports" label={t("app.nav.reports")} isDesktopOnly />}
      {can("see_audit") && <RailLink to="/audit" icon="audit" label={t("app.nav.audit")} isDesktopOnly />}
      <RailLink to="/settings" icon="settings" label={t("app.nav.settings")} />
      <span className={styles.space} />
      <Bell />
      {isSandbox && <span className={styles.sandbox}>{t("app.sandbox")}</span>}
      <UserMenu user={user} numbers={numbers} usage={usage} />
    </nav>
  );
}

interface RailLinkProps {
  readonly to: string;
  readonly icon: IconName;
  readonly label: string;
  /** Unread messages. */
  readonly count?: number;
  readonly status?: Health | undefined;
  /** On a phone the user menu has it. */
  readonly isDesktopOnly?: boolean;
}

function RailLink({ to, icon, label, count = 0, status, isDesktopOnly = false }: RailLinkProps) {
  return (
    <Tooltip text={label} detail={status?.text} side="beside">
      <NavLink className={classes(styles.item, isDesktopOnly && styles.desktopOnly)} to={to}>
        <span className={styles.icon}>
          <Icon name={icon} />
          {count > 0 && <Unread count={count} />}
          {status !== undefined && status.level !== "none" && <span className={classes(styles.dot, styles[status.level])} />}
        </span>
        <span className={styles.label}>{label}</span>
        {status !== undefined && <span className="visually-hidden">{status.text}</span>}
      </NavLink>
    </Tooltip>
  );
}

function Unread({ count }: { readonly count: number }) {
  return (
    <span className={styles.count} data-testid="unread-total">
      <Exact>{count > 99 ? "99+" : count}</Exact>
      <span className="visually-hidden">{` ${t("app.nav.unread")}`}</span>
    </span>
  );
}
