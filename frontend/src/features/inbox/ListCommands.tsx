/** The commands of the palette that change the list: which chats, and of which number. */
import { useLocation, useNavigate } from "@/lib/navigation";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useCommand } from "@/lib/commands/context";
import { isolate } from "@/lib/texts";
import type { Account } from "@/types/wire";
import type { ListQuery } from "@/features/inbox/chats/query/listQuery";
import { useChangeList } from "@/features/inbox/chats/query/useListQuery";

const SHOWN: readonly (readonly [id: string, name: MessageId, change: Partial<ListQuery>])[] = [
  ["filter.all", "commands.list.filter.all", { view: "all", filter: "all" }],
  ["filter.unread", "commands.list.filter.unread", { filter: "unread" }],
  ["filter.groups", "commands.list.filter.groups", { view: "all", filter: "groups" }],
  ["filter.archived", "commands.list.filter.archived", { view: "all", filter: "archived" }],
  ["mentioned", "commands.list.mentioned", { view: "all", filter: "all", mentioned: true }],
  ["status.snoozed", "commands.list.snoozed", { filter: "all", status: "snoozed" }],
  ["status.closed", "commands.list.closed", { filter: "all", status: "closed" }],
];

export function ListCommands({ accounts }: { readonly accounts: readonly Account[] }) {
  return (
    <>
      {SHOWN.map(([id, name, change]) => (
        <ShowCommand key={id} id={id} name={name} change={change} />
      ))}
      {accounts.length > 1 && [null, ...accounts].map((account) => <AccountCommand key={account?.id ?? "all"} account={account} />)}
    </>
  );
}

interface ShowCommandProps {
  readonly id: string;
  readonly name: MessageId;
  readonly change: Partial<ListQuery>;
}

function ShowCommand({ id, name, change }: ShowCommandProps) {
  const choose = useChangeList(true);
  useCommand({ id: `list.${id}`, group: "list", label: t("commands.list.filter", { filter: t(name) }), run: () => choose(change) });
  return null;
}

/** Null for all accounts. */
function AccountCommand({ account }: { readonly account: Account | null }) {
  const navigate = useNavigate();
  const { search } = useLocation();
  const choose = () => {
    const query = new URLSearchParams(search);
    if (account === null) query.delete("account");
    else query.set("account", String(account.id));
    navigate({ pathname: "/inbox", search: query.toString() });
  };
  const label = account === null ? t("commands.list.allNumbers") : t("commands.list.number", { number: isolate(nameAccount(account)) });
  useCommand({ id: `list.account.${account?.id ?? "all"}`, group: "list", label, run: choose });
  return null;
}
