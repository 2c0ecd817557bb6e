/** The frame around every page: navigation, connection state, the title and icon of the tab. */
import { Fragment, type ReactNode } from "react";
import { useLocation } from "@/lib/navigation";
import { useUnreadCount } from "@/features/inbox/chats/unread";
import { t } from "@/i18n/translate";
import { useLocale } from "@/i18n/useLocale";
import { lazyPart } from "@/lib/lazyPart";
import type { User } from "@/types/wire";
import { Rail } from "./Rail";
import { classes } from "@/components/classes";
import styles from "./shell.module.css";

const ConnectionBanner = lazyPart(async () => (await import("./ConnectionBanner")).ConnectionBanner, { preloading: "page", isExtra: true });
const TabSigns = lazyPart(async () => (await import("./TabSigns")).TabSigns, { preloading: "page", isExtra: true });
const UsageBanner = lazyPart(async () => (await import("@/features/usage/UsageBanner")).UsageBanner, { preloading: "page", isExtra: true });
const RejectedBanner = lazyPart(async () => (await import("@/features/connections/RejectedBanner")).RejectedBanner, { preloading: "page", isExtra: true });

interface ShellProps {
  readonly user: User;
  readonly children: ReactNode;
}

export function Shell({ user, children }: ShellProps) {
  const unread = useUnreadCount();
  const locale = useLocale();
  const { pathname } = useLocation();
  const isThread = /^\/inbox\/./.test(pathname);
  return (
    <div className={classes(styles.shell, isThread && styles.thread)}>
      <a className={styles.skip} href="#main">
        {t("app.skip")}
      </a>
      <TabSigns unread={unread} />
      <Rail user={user} unread={unread} />
      <div className={styles.page}>
        <ConnectionBanner />
        <UsageBanner />
        <RejectedBanner />
        <main id="main" className={styles.main} tabIndex={-1}>
          {/* A page may hold texts that it does not render again: in another language it is a new page. */}
          <Fragment key={locale}>{children}</Fragment>
        </main>
      </div>
    </div>
  );
}
