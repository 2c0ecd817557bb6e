/** Who wrote the messages: any sender, the account itself, a member of the open chat, or any contact by name. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { PaletteBox } from "@/components/palette/PaletteBox";
import { PaletteGroup, PaletteItem } from "@/components/palette/PaletteItem";
import { Exact, Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { FOUND, rank } from "@/lib/commands/rank";
import { firstShown, isolate } from "@/lib/texts";
import type { Account, Chat, ListedContact } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { useSearch } from "./searchContext";
import { ME, type Wanted } from "./searchQuery";
import { useFoundNames } from "./useFoundNames";
import styles from "./search-filters.module.css";

interface SenderFilterProps {
  readonly accounts: readonly Account[];
  readonly openChat: Chat | undefined;
}

export function SenderFilter({ accounts, openChat }: SenderFilterProps) {
  const { from } = useSearch().wanted;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className={classes(styles.chip, from !== null && styles.on)} aria-haspopup="dialog" onClick={() => setOpen(true)} data-testid="search-from">
        <Sender from={from} />
        <Icon name="chevron" size={14} />
      </button>
      {isOpen && <SenderDialog accounts={accounts} openChat={openChat} onClose={() => setOpen(false)} />}
    </>
  );
}

function Sender({ from }: Pick<Wanted, "from">) {
  if (from === null || from.id === "me") return <Text>{t(from === null ? "search.from.anyone" : "search.from.me")}</Text>;
  return (
    <>
      <Text>{t("search.from")}</Text>
      <Exact>{from.name}</Exact>
    </>
  );
}

/** A contact that can be chosen. */
type Person = Pick<ListedContact, "name" | "phone" | "avatar"> & { readonly id: number; readonly account_id: number };

const nameOf = ({ name, phone }: Person): string => firstShown(name, phone) ?? t("search.unknown");

function SenderDialog({ accounts, openChat, onClose }: SenderFilterProps & { readonly onClose: () => void }) {
  const { wanted, change } = useSearch();
  const [text, setText] = useState("");
  const members = useChatPeople(openChat);
  const found = useFoundNames(text, wanted.accountId)?.people ?? [];
  const others = found.filter(({ id }) => !members.some((member) => member.id === id));
  const choose = (from: Wanted["from"]) => {
    change({ from, ...(typeof from?.id === "number" ? { author: null } : {}) });
    onClose();
  };
  const viaOf = ({ account_id, phone }: Person) => {
    const account = accounts.length > 1 ? accounts.find(({ id }) => id === account_id) : undefined;
    return account === undefined ? phone : nameAccount(account);
  };
  const items = (people: readonly Person[], isFound: boolean) =>
    people.map((person) => (
      <PersonItem key={person.id} person={person} isFound={isFound} detail={viaOf(person)} onSelect={() => choose({ id: person.id, name: nameOf(person) })} />
    ));
  return (
    <PaletteBox
      label={t("search.from.choose")}
      placeholder={t("search.from.placeholder")}
      text={text}
      onChange={setText}
      filter={rank}
      empty={t("search.from.none", { text: isolate(text.trim()) })}
      onClose={onClose}
    >
      <PaletteGroup heading={t("search.from")}>
        <PaletteItem value="anyone" keywords={[t("search.from.anyone")]} face={<Icon name="people" size={18} />} label={t("search.from.anyone")} onSelect={() => choose(null)} />
        <PaletteItem value="me" keywords={[t("search.from.me")]} face={<Icon name="person" size={18} />} label={t("search.from.me")} onSelect={() => choose(ME)} />
      </PaletteGroup>
      {members.length > 0 && <PaletteGroup heading={t("search.from.chat")}>{items(members, false)}</PaletteGroup>}
      {others.length > 0 && <PaletteGroup heading={t("search.people")}>{items(others, true)}</PaletteGroup>}
    </PaletteBox>
  );
}

interface PersonItemProps {
  readonly person: Person;
  /** What the server found is shown although the name does not match. */
  readonly isFound: boolean;
  readonly detail: string | null;
  readonly onSelect: () => void;
}

function PersonItem({ person, isFound, detail, onSelect }: PersonItemProps) {
  const name = nameOf(person);
  return (
    <PaletteItem
      value={`${isFound ? FOUND : ""}person.${person.id}`}
      keywords={[name, person.phone ?? ""]}
      face={<ContactAvatar accountId={person.account_id} name={name} avatar={person.avatar} size="small" />}
      label={name}
      isExact
      detail={detail === name ? undefined : (detail ?? undefined)}
      onSelect={onSelect}
    />
  );
}

/** Who is in the open chat, as far as they are contacts. */
function useChatPeople(chat: Chat | undefined): readonly Person[] {
  const api = useApi();
  const { data } = useQuery({
    queryKey: ["people", chat?.account_id, chat?.id],
    queryFn: ({ signal }) => api.listChatContacts(chat?.account_id ?? 0, chat?.id ?? 0, signal),
    enabled: chat !== undefined,
    retry: false,
  });
  if (chat === undefined) return [];
  return (data?.items ?? []).flatMap(({ id, ...person }) => (id === null ? [] : [{ ...person, id, account_id: chat.account_id }]));
}
