/** The lines of the list of all planned messages, under their days. */
import { useState } from "react";
import { Link } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { useToasts } from "@/components/Toast";
import { Text, Time } from "@/components/Text";
import { t } from "@/i18n/translate";
import { describeFailure } from "@/lib/api/errors";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { useCan } from "@/lib/rights";
import { firstShown, isolate } from "@/lib/texts";
import { formatClock, formatDay, formatExact } from "@/lib/time";
import type { PlannedInChat } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { NAMELESS } from "@/features/inbox/chats/nameChat";
import { ChangeDialog } from "./ChangeDialog";
import { byDay } from "./useAllPlanned";
import { useIsOwn, usePlannedActions } from "./usePlannedActions";
import styles from "./planned-page.module.css";

interface PlannedDaysProps {
  readonly planned: readonly PlannedInChat[];
  /** These belong to the previous filters; new ones are loading. */
  readonly isOld: boolean;
  readonly onProblem: (sentence: string | null) => void;
  readonly onSettled: () => void;
}

const nameOf = ({ chat_title, chat_kind }: PlannedInChat): string => formatPhoneOrNull(firstShown(chat_title)) ?? t(NAMELESS[chat_kind]);

export function PlannedDays({ planned, isOld, onProblem, onSettled }: PlannedDaysProps) {
  const toasts = useToasts();
  const actions = usePlannedActions({ onProblem, onSettled });
  const [edited, setEdited] = useState<PlannedInChat | null>(null);
  const begin = (act: () => void) => () => {
    onProblem(null);
    act();
  };
  const sendNow = (one: PlannedInChat) => actions.sendNow(one, () => void toasts.show({ text: t("planned.sent", { name: isolate(nameOf(one)) }) }));
  return (
    <div className={styles.days} aria-busy={isOld}>
      {byDay(planned).map((day) => (
        <section key={day[0].id} aria-label={formatDay(day[0].send_at)}>
          <h2>{formatDay(day[0].send_at)}</h2>
          <ul className={styles.lines}>
            {day.map((one) => (
              <Line key={one.id} one={one} onEdit={begin(() => setEdited(one))} onSend={begin(() => sendNow(one))} onRemove={begin(() => actions.remove(one))} />
            ))}
          </ul>
        </section>
      ))}
      {edited !== null && <ChangeDialog planned={edited} onChange={actions.change} onClose={() => setEdited(null)} />}
    </div>
  );
}

interface LineProps {
  readonly one: PlannedInChat;
  readonly onEdit: () => void;
  readonly onSend: () => void;
  readonly onRemove: () => void;
}

function Line(props: LineProps) {
  const { one } = props;
  const account = useAccounts().data?.find(({ id }) => id === one.account_id);
  const mayAct = useCan()("send", account ?? {});
  const name = nameOf(one);
  return (
    <li className={styles.line} data-testid="planned-line">
      <Time className={styles.time} at={one.send_at} title={formatExact(one.send_at)}>{formatClock(one.send_at)}</Time>
      <span>
        <ContactAvatar accountId={one.account_id} name={name} avatar={one.chat_avatar} isGroup={one.chat_kind !== "direct"} size="small" />
      </span>
      <div className={styles.words}>
        <Link className={styles.chat} to={`/inbox/${one.account_id}/${one.chat_id}`} translate="no" data-testid="planned-open">{name}</Link>
        <p className={styles.text} dir="auto"><Text>{one.text ?? ""}</Text></p>
        {one.error !== null && <p className={styles.problem}>{t("planned.failed", { reason: describeFailure(one.error) })}</p>}
        <p className={styles.about}>
          {account !== undefined && <bdi translate="no">{nameAccount(account)}</bdi>}
          {one.author.name !== null && <bdi translate="no">{one.author.name}</bdi>}
          {one.cancel_if_contact_writes && one.state === "planned" && <Text>{t("planned.cancelling")}</Text>}
        </p>
      </div>
      {mayAct && <Actions {...props} name={isolate(name)} />}
    </li>
  );
}

function Actions({ one, name, onEdit, onSend, onRemove }: LineProps & { readonly name: string }) {
  const isOwn = useIsOwn()(one);
  return (
    <span className={styles.actions}>
      {isOwn && <Button size="small" tone="quiet" onClick={onEdit} aria-label={t("planned.editOf", { name })} data-testid="planned-edit">{t("planned.edit")}</Button>}
      <Button size="small" tone="quiet" onClick={onSend} aria-label={t("planned.sendNowOf", { name })} data-testid="planned-send">{t("planned.sendNow")}</Button>
      <Button size="small" tone="quiet" onClick={onRemove} aria-label={t("planned.deleteOf", { name })} data-testid="planned-delete">{t("app.delete")}</Button>
    </span>
  );
}
