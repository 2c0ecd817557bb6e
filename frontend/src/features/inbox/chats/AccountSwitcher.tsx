/** The head of the chat list: whose chats are shown, the settings of the list, and a new chat. */
import { useLocation, useNavigate } from "@/lib/navigation";
import { Select } from "@/components/Select";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { ListMenu } from "./list/ListMenu";
import { ViewsButton } from "@/features/inbox/views/ViewsButton";
import { NewChat } from "./NewChat";
import { sumOf, useUnread, type Unread } from "./unread";
import styles from "./chat-list.module.css";

interface AccountSwitcherProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
}

const withCount = (name: string, { messages }: Unread): string =>
  messages === 0 ? name : t("chats.numberWithCount", { name, count: messages });

export function AccountSwitcher({ accounts, selected }: AccountSwitcherProps) {
  return (
    <header className={styles.head}>
      <h1>{t("chats.title")}</h1>
      {accounts.length > 1 && <Switcher accounts={accounts} selected={selected} />}
      <ViewsButton />
      <ListMenu />
      <NewChat accounts={accounts} selected={selected} />
    </header>
  );
}

function Switcher({ accounts, selected }: AccountSwitcherProps) {
  const unread = useUnread();
  const navigate = useNavigate();
  const { search } = useLocation();
  const choose = (value: string) => {
    const query = new URLSearchParams(search);
    if (value === "") query.delete("account");
    else query.set("account", value);
    navigate({ pathname: "/inbox", search: query.toString() });
  };
  return (
    <Select
      label={t("chats.showNumber")}
      isLabelHidden
      className={styles.switcher}
      value={selected ?? ""}
      onChange={(event) => choose(event.target.value)}
      data-testid="account-switcher"
    >
      <option value="">{withCount(t("chats.allNumbers"), sumOf(unread, unread.keys()))}</option>
      {accounts.map((account) => (
        <option key={account.id} value={account.id}>
          {withCount(nameAccount(account), sumOf(unread, [account.id]))}
        </option>
      ))}
    </Select>
  );
}
