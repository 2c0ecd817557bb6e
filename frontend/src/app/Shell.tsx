/** The frame around every page: navigation, connection state, document title. */
import { useEffect, type ReactNode } from "react";
import { NavLink, useLocation } from "react-router";
import { Icon, type IconName } from "@/components/Icon";
import { Mark } from "@/components/Logo";
import { Exact } from "@/components/Text";
import { RejectedBanner } from "@/features/connections/RejectedBanner";
import { useUnreadCount } from "@/features/inbox/chats/unread";
import { UsageBanner } from "@/features/usage/UsageBanner";
import { useConfig } from "@/lib/config";
import { useCan } from "@/lib/rights";
import type { User } from "@/types/wire";
import { ConnectionBanner } from "./ConnectionBanner";
import { LogoutButton } from "./LogoutButton";
import { classes } from "@/components/classes";
import styles from "./shell.module.css";

const TITLES: readonly (readonly [string, string])[] = [
  ["/inbox", "Inbox"],
  ["/connections", "Connections"],
  ["/usage", "Usage"],
  ["/audit", "Audit"],
  ["/settings", "Settings"],
];

function useDocumentTitle(unread: number): void {
  const { pathname } = useLocation();
  const page = TITLES.find(([path]) => pathname.startsWith(path))?.[1] ?? "Not found";
  useEffect(() => {
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${page} · Confab`;
    return () => {
      document.title = "Confab";
    };
  }, [unread, page]);
}

interface ShellProps {
  readonly user: User;
  readonly children: ReactNode;
}

export function Shell({ user, children }: ShellProps) {
  const unread = useUnreadCount();
  const { pathname } = useLocation();
  useDocumentTitle(unread);
  const isThread = /^\/inbox\/./.test(pathname);
  return (
    <div className={classes(styles.shell, isThread && styles.thread)}>
      <a className={styles.skip} href="#main">
        Skip to the content
      </a>
      <Rail user={user} unread={unread} />
      <div className={styles.page}>
        <ConnectionBanner />
        <UsageBanner />
        <RejectedBanner />
        <main id="main" className={styles.main} tabIndex={-1}>
          {children}
        </main>
      </div>
    </div>
  );
}

function Rail({ user, unread }: { readonly user: User; readonly unread: number }) {
  const isSandbox = useConfig().data?.sandbox ?? false;
  const can = useCan();
  const name = user.name;
  return (
    <nav className={styles.rail} aria-label="Main">
      <span className={styles.railMark}>
        <Mark size={34} />
      </span>
      <RailLink to="/inbox" icon="inbox" label="Inbox" count={unread} />
      <RailLink to="/connections" icon="phone" label="Connections" count={0} />
      <RailLink to="/usage" icon="chart" label="Usage" count={0} />
      {can("see_audit") && <RailLink to="/audit" icon="clock" label="Audit" count={0} />}
      <RailLink to="/settings" icon="people" label="Settings" count={0} />
      <span className={styles.railSpace} />
      {isSandbox && <span className={styles.railSandbox}>Sandbox</span>}
      <LogoutButton name={name} />
    </nav>
  );
}

interface RailLinkProps {
  readonly to: string;
  readonly icon: IconName;
  readonly label: string;
  readonly count: number;
}

function RailLink({ to, icon, label, count }: RailLinkProps) {
  return (
    <NavLink className={() => styles.railItem} to={to}>
      <span className={styles.railIcon}>
        <Icon name={icon} size={22} />
        {count > 0 && (
          <span className={styles.railCount} data-testid="unread-total">
            <Exact>{count > 99 ? "99+" : count}</Exact>
            <span className="visually-hidden"> unread</span>
          </span>
        )}
      </span>
      <span>{label}</span>
    </NavLink>
  );
}
