/** In place of the composer: why nothing can be sent, and the one action that changes it. The draft stays. */
import type { ReactElement } from "react";
import { Link } from "@/lib/navigation";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { perLanguage } from "@/lib/perLanguage";
import { useMayOnlyRead, useMe } from "@/lib/rights";
import { useEntitlements } from "@/lib/usage";
import { useMinute } from "@/lib/useMinute";
import type { Account, Entitlement } from "@/types/wire";
import { isEmptyDraft } from "./drafts/draft";
import { useDraft } from "./drafts/useDraft";
import styles from "./composer.module.css";

/** `allowed` is known to the payer only. */
interface Limit {
  readonly allowed: Entitlement["messages"]["allowed"];
  readonly until: string;
}

/** `down`: the notice of the account is above, with its action. */
export type Obstacle = { readonly kind: "channel" | "viewer" | "down" } | { readonly kind: "limit"; readonly limit: Limit };

const isDown = ({ status }: Account): boolean => status === "needs_action" || status === "disconnected";

/** The messages of the plan are used up: the payer knows it from their plan, the others from the account. */
function useLimit({ provider, payer_id, messages_used_up_until }: Account): Limit | null {
  const isPayer = useMe().data?.user.id === payer_id;
  const row = useEntitlements().data?.find((entry) => entry.is_active && entry.provider === provider);
  const now = useMinute();
  if (isPayer && row !== undefined) return row.messages.level === "reached" ? row.messages : null;
  const isUsedUp = messages_used_up_until !== null && Date.parse(messages_used_up_until) > now;
  return isUsedUp ? { allowed: null, until: messages_used_up_until } : null;
}

export function useObstacle(account: Account, isChannel: boolean): Obstacle | null {
  const mayOnlyRead = useMayOnlyRead(account);
  const limit = useLimit(account);
  if (isChannel) return { kind: "channel" };
  if (mayOnlyRead) return { kind: "viewer" };
  if (isDown(account)) return { kind: "down" };
  return limit === null ? null : { kind: "limit", limit };
}

/** Months begin in UTC. */
const resumption = perLanguage((tag) => new Intl.DateTimeFormat(tag, { day: "numeric", month: "long", timeZone: "UTC" }));

function describeLimit({ allowed, until }: Limit): string {
  const date = resumption().format(new Date(until));
  return allowed === null ? t("composer.closed.usedUp", { date }) : t("composer.closed.limit", { limit: allowed, date });
}

function Reason({ obstacle }: { readonly obstacle: Obstacle }) {
  if (obstacle.kind === "down") return null;
  if (obstacle.kind !== "limit") return <Text>{t(`composer.closed.${obstacle.kind}`)}</Text>;
  return (
    <>
      <Icon name="alert" size={18} />
      <Text>{describeLimit(obstacle.limit)}</Text>
      {obstacle.limit.allowed !== null && <Link to="/usage">{t("composer.closed.usage")}</Link>}
    </>
  );
}

interface ObstacleNoticeProps {
  readonly obstacle: Obstacle;
  readonly chatId: number;
  /** What can be written all the same. */
  readonly children?: ReactElement | false;
}

export function ObstacleNotice({ obstacle, chatId, children }: ObstacleNoticeProps) {
  const hasDraft = !isEmptyDraft(useDraft(chatId));
  if (obstacle.kind === "down" && !hasDraft && !children) return null;
  return (
    <div className={classes(styles.closed, obstacle.kind === "down" && styles.below)} role="status" data-testid="composer-closed">
      <Reason obstacle={obstacle} />
      {hasDraft && <span className={styles.saved}>{t("composer.closed.draft")}</span>}
      {children}
    </div>
  );
}
