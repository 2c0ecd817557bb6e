/** Who shared something, and when: leads to the message. */
import { Link, useLocation } from "@/lib/navigation";
import { Exact, Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import { formatExact } from "@/lib/time";
import type { FoundMessage } from "@/types/wire";
import { anchorOf } from "@/features/inbox/thread/scroll/anchor";
import styles from "./shared.module.css";

export function SharedOrigin({ message }: { readonly message: FoundMessage }) {
  const { pathname, search } = useLocation();
  const name = formatPhoneOrNull(firstShown(message.sender?.name, message.sender?.phone)) ?? t("contacts.unknown");
  return (
    <Link className={styles.origin} to={`${pathname}${search}${anchorOf(message.id)}`} replace>
      <span className="visually-hidden">{`${t("contacts.shared.inChat")} `}</span>
      {message.direction === "out" ? <Text>{t("contacts.shared.you")}</Text> : <Exact>{name}</Exact>}
      <Time at={message.sent_at}>{formatExact(message.sent_at)}</Time>
    </Link>
  );
}
