/** Warns once for each month and level that the plan's messages are running out. */
import { useState } from "react";
import { Link } from "@/lib/navigation";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatCount } from "@/lib/counts";
import { useEntitlements } from "@/lib/usage";
import type { Entitlement } from "@/types/wire";
import { formatDate } from "./format";
import { classes } from "@/components/classes";
import styles from "./usage-banner.module.css";

const SEEN_KEY = "confab.usage-seen";

/** Without storage the banner appears again: better twice than never. */
function readSeen(): string | null {
  try {
    return localStorage.getItem(SEEN_KEY);
  } catch {
    return null;
  }
}

function writeSeen(mark: string): void {
  try {
    localStorage.setItem(SEEN_KEY, mark);
  } catch {
    // Private windows may block storage.
  }
}

export function UsageBanner() {
  const row = useEntitlements().data?.find(({ is_active, messages }) => is_active && messages.level !== "ok");
  const [seen, setSeen] = useState(readSeen);
  if (row === undefined) return null;
  const mark = `${row.messages.until} ${row.messages.allowed} ${row.messages.level}`;
  if (seen === mark) return null;
  const dismiss = () => {
    writeSeen(mark);
    setSeen(mark);
  };
  return (
    <div className={classes(styles.banner, styles[row.messages.level])} role="status" data-testid="usage-banner">
      <p>
        <Text>{report(row.messages)}</Text> <Link to="/usage">{t("usage.banner.see")}</Link>
      </p>
      <IconButton label={t("usage.banner.dismiss")} onClick={dismiss}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  );
}

function report({ allowed, used, level, until }: Entitlement["messages"]): string {
  const limit = formatCount(allowed ?? 0);
  if (level === "reached") {
    return t("usage.banner.reached", { limit, date: formatDate(until) });
  }
  return t("usage.banner.warning", { used: formatCount(used), limit });
}
