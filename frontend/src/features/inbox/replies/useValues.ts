/** The values of the variables in the open chat. */
import { useChat } from "@/features/inbox/queries";
import { findName, useAccounts } from "@/lib/accounts";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { dayOf } from "@/lib/replies/dayOf";
import { firstNameOf, type Values } from "@/lib/replies/variables";
import { useMe } from "@/lib/rights";
import { firstShown } from "@/lib/texts";
import type { Account, Chat } from "@/types/wire";

/** A group has a title, and no contact. */
const contactName = (chat: Chat | undefined): string | null => (chat?.kind === "direct" ? firstShown(chat.contact?.name, chat.title) : null);

const accountName = (account: Account | undefined): string | null => (account === undefined ? null : findName(account));

export function useValues(accountId: number, chatId: number): Values {
  const { chat } = useChat(accountId, chatId, undefined);
  const agent = useMe().data?.user.name ?? null;
  const contact = contactName(chat);
  return {
    "contact.name": contact,
    "contact.first_name": firstNameOf(contact),
    "contact.phone": formatPhoneOrNull(chat?.contact?.phone),
    "agent.name": agent,
    "agent.first_name": firstNameOf(agent),
    "account.name": accountName(useAccounts().data?.find(({ id }) => id === accountId)),
    today: dayOf(new Date()),
  };
}
