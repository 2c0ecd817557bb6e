/** The chats in the command palette: the recent ones, or those whose name matches. */
import { useMemo } from "react";
import { useNavigate } from "@/lib/navigation";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import { FOUND, rank } from "@/lib/commands/rank";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { isBlank } from "@/lib/texts";
import type { Account, Chat, FoundContact } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { useChatList } from "@/features/inbox/queries";
import { useFoundNames } from "@/features/inbox/search/useFoundNames";

const RECENT = 5;
const MAX_FOUND = 8;
const NONE: readonly Account[] = [];
const NO_CHATS: readonly Chat[] = [];

const keywordsOf = (chat: Chat): readonly string[] => [nameChat(chat), chat.contact?.phone ?? ""];

interface PaletteChatsProps {
  readonly text: string;
  readonly onRun: (run: () => void) => void;
}

export function PaletteChats({ text, onRun }: PaletteChatsProps) {
  const accounts = useAccounts().data ?? NONE;
  const ids = useMemo(() => accounts.map(({ id }) => id), [accounts]);
  const chats = useChatList(ids).chats ?? NO_CHATS;
  const recent = useMemo(() => (isBlank(text) ? chats.slice(0, RECENT) : chats.filter((chat) => rank("", text, keywordsOf(chat)) > 0).slice(0, MAX_FOUND)), [chats, text]);
  const found = useFoundNames(text);
  const rows = [...new Map([...recent, ...(found?.chats ?? [])].map((chat) => [chat.id, chat])).values()];
  const people = (found?.people ?? []).filter(({ chat_id }) => chat_id !== null && !rows.some(({ id }) => id === chat_id));
  const via = (accountId: number) => (accounts.length > 1 ? nameOf(accounts, accountId) : undefined);
  const isFound = (chat: Chat) => found?.chats.some(({ id }) => id === chat.id) ?? false;
  return (
    <>
      {rows.length > 0 && (
        <PaletteGroup heading={t(isBlank(text) ? "commands.group.recent" : "commands.group.chats")}>
          {rows.map((chat) => (
            <ChatItem key={chat.id} chat={chat} isFound={isFound(chat)} via={via(chat.account_id)} onRun={onRun} />
          ))}
        </PaletteGroup>
      )}
      {people.length > 0 && (
        <PaletteGroup heading={t("commands.group.people")}>
          {people.slice(0, MAX_FOUND).map((person) => (
            <PersonItem key={person.id} person={person} via={via(person.account_id)} onRun={onRun} />
          ))}
        </PaletteGroup>
      )}
    </>
  );
}

function nameOf(accounts: readonly Account[], id: number): string | undefined {
  const account = accounts.find((row) => row.id === id);
  return account && nameAccount(account);
}

interface ItemProps {
  /** The account, where there are several. */
  readonly via: string | undefined;
  readonly onRun: (run: () => void) => void;
}

/** What the server found is shown although the name does not match. */
const valueOf = (isFound: boolean, id: string): string => (isFound ? FOUND + id : id);

function ChatItem({ chat, isFound, via, onRun }: ItemProps & { readonly chat: Chat; readonly isFound: boolean }) {
  const navigate = useNavigate();
  const name = nameChat(chat);
  return (
    <PaletteItem
      value={valueOf(isFound, `chat.${chat.id}`)}
      keywords={keywordsOf(chat)}
      face={<ContactAvatar accountId={chat.account_id} name={name} avatar={chat.contact?.avatar} isGroup={chat.kind !== "direct"} size="small" />}
      label={name}
      isExact
      detail={via}
      onSelect={() => onRun(() => navigate(`/inbox/${chat.account_id}/${chat.id}`))}
    />
  );
}

function PersonItem({ person, via, onRun }: ItemProps & { readonly person: FoundContact }) {
  const navigate = useNavigate();
  const phone = formatPhoneOrNull(person.phone);
  const name = person.name ?? phone ?? "";
  return (
    <PaletteItem
      value={valueOf(true, `person.${person.id}`)}
      keywords={[name, person.phone ?? ""]}
      face={<ContactAvatar accountId={person.account_id} name={name} avatar={person.avatar} size="small" />}
      label={name}
      isExact
      detail={via ?? phone ?? undefined}
      onSelect={() => onRun(() => navigate(`/inbox/${person.account_id}/${person.chat_id ?? 0}`))}
    />
  );
}
