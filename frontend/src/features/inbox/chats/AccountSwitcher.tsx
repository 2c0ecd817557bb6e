/** The head of the chat list: all accounts, or one of them. */
import { useNavigate, useSearchParams } from "react-router";
import { Icon } from "@/components/Icon";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";
import { NewChat } from "./NewChat";
import { sumOf, useUnread, type Unread } from "./unread";
import styles from "@/features/inbox/inbox.module.css";

interface AccountSwitcherProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
}

const withCount = (name: string, { messages }: Unread): string => (messages === 0 ? name : `${name} (${messages})`);

export function AccountSwitcher({ accounts, selected }: AccountSwitcherProps) {
  const unread = useUnread();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const choose = (value: string) => {
    const query = new URLSearchParams(search);
    if (value === "") query.delete("account");
    else query.set("account", value);
    void navigate({ pathname: "/inbox", search: query.toString() });
  };
  return (
    <header className={styles.head}>
      <h1>Inbox</h1>
      {accounts.length > 1 && (
        <span className={styles.switcher}>
          <select
            aria-label="Show chats of"
            value={selected ?? ""}
            onChange={(event) => choose(event.target.value)}
            data-testid="account-switcher"
          >
            <option value="">{withCount("All numbers", sumOf(unread, unread.keys()))}</option>
            {accounts.map((account) => (
              <option key={account.id} value={account.id}>
                {withCount(nameAccount(account), sumOf(unread, [account.id]))}
              </option>
            ))}
          </select>
          <Icon name="chevron" size={16} />
        </span>
      )}
      <NewChat accounts={accounts} selected={selected} />
    </header>
  );
}
