/** The members of a group, as WhatsApp lists them now. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { readPhone } from "@/lib/phone";
import { formatPhone, formatPhoneOrNull } from "@/lib/phoneFormat";
import { useCan } from "@/lib/rights";
import { firstShown, isolate } from "@/lib/texts";
import type { Account, Chat, Sender } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { NewChatDialog } from "@/features/inbox/chats/NewChat";
import styles from "./context-pane.module.css";

/** More are shown on request. */
const FEW = 8;

export function Members({ account, chat }: { readonly account: Account; readonly chat: Chat }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: ["people", chat.account_id, chat.id],
    queryFn: ({ signal }) => api.listChatContacts(chat.account_id, chat.id, signal),
    // Read on every opening: members change without a push.
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  return (
    <section className={styles.part} aria-label={t("contacts.members")}>
      <h2>{data === undefined ? t("contacts.members") : t("contacts.members.count", { count: data.items.length })}</h2>
      {data !== undefined ? <List account={account} members={data.items} /> : error === null ? <Waiting /> : <Failed onRetry={() => void refetch()} />}
    </section>
  );
}

function List({ account, members }: { readonly account: Account; readonly members: readonly Sender[] }) {
  const [isWhole, setWhole] = useState(false);
  const [to, setTo] = useState<string | null>(null);
  const maySend = useCan()("send", account);
  const shown = isWhole ? members : members.slice(0, FEW);
  return (
    <>
      <ul className={styles.people}>
        {shown.map((member) => (
          <Member key={member.provider_id} accountId={account.id} member={member} onWrite={maySend ? setTo : null} />
        ))}
      </ul>
      {shown.length < members.length && (
        <Button tone="quiet" size="small" onClick={() => setWhole(true)}>
          {t("contacts.members.all", { count: members.length })}
        </Button>
      )}
      {to !== null && <NewChatDialog accounts={[account]} selected={account.id} to={to} onClose={() => setTo(null)} />}
    </>
  );
}

interface MemberProps {
  readonly accountId: number;
  readonly member: Sender;
  /** Null if the user may not write. */
  readonly onWrite: ((phone: string) => void) | null;
}

function Member({ accountId, member, onWrite }: MemberProps) {
  const { phone } = member;
  const name = formatPhoneOrNull(firstShown(member.name, phone)) ?? t("contacts.unknown");
  return (
    <li>
      <ContactAvatar accountId={accountId} name={name} avatar={member.avatar} size="small" />
      <span className={styles.words} translate="no">
        <bdi>{name}</bdi>
        {member.name !== null && phone !== null && (
          <bdi className={styles.quiet} dir="ltr">
            {formatPhone(phone)}
          </bdi>
        )}
      </span>
      {onWrite !== null && phone !== null && readPhone(phone) !== null && (
        <IconButton label={t("contacts.members.write", { name: isolate(name) })} onClick={() => onWrite(phone)}>
          <Icon name="chat" size={18} />
        </IconButton>
      )}
    </li>
  );
}

function Waiting() {
  return (
    <Loading label={t("contacts.members.loading")}>
      <Skeleton className={styles.line} />
      <Skeleton className={styles.line} />
    </Loading>
  );
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <p className={styles.quiet} role="alert">
      <Text>{t("contacts.members.failed")}</Text>
      <Button size="small" onClick={onRetry}>
        {t("app.retry")}
      </Button>
    </p>
  );
}
