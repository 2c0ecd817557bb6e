/** Among the facts of an account: how many new chats it has started, and how many of them got no answer. */
import { t } from "@/i18n/translate";
import { formatCount } from "@/lib/counts";
import { useNewChats } from "@/lib/newChats";
import type { Account } from "@/types/wire";

export function NewChatFacts({ account }: { readonly account: Account }) {
  const { data } = useNewChats(account.phone === null ? undefined : account);
  if (data === undefined) return null;
  const { begun, allowed, first_messages, unanswered } = data;
  return (
    <>
      <div>
        <dt title={t("newChats.today.about")}>{t("newChats.today")}</dt>
        <dd data-testid="account-new-chats" translate="no">
          {allowed === null ? formatCount(begun) : t("newChats.of", { count: formatCount(begun), all: formatCount(allowed) })}
        </dd>
      </div>
      {first_messages > 0 && (
        <div>
          <dt title={t("newChats.unanswered.about")}>{t("newChats.unanswered")}</dt>
          <dd data-testid="account-unanswered" translate="no">
            {t("newChats.of", { count: formatCount(unanswered), all: formatCount(first_messages) })}
          </dd>
        </div>
      )}
    </>
  );
}
