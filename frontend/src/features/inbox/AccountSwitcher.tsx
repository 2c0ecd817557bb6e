/** The head of the chat list: all numbers, or one of them. */
import { useNavigate } from "react-router";
import { nameAccount } from "@/lib/accounts";
import type { Account } from "@/types/wire";

interface AccountSwitcherProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
}

export function AccountSwitcher({ accounts, selected }: AccountSwitcherProps) {
  const navigate = useNavigate();
  const choose = (value: string) => void navigate(value === "" ? "/inbox" : `/inbox?account=${value}`);
  return (
    <header className="inbox-head">
      <h1>Inbox</h1>
      {accounts.length > 1 && (
        <select
          className="switcher"
          aria-label="Show chats of"
          value={selected ?? ""}
          onChange={(event) => choose(event.target.value)}
          data-testid="account-switcher"
        >
          <option value="">All numbers</option>
          {accounts.map((account) => (
            <option key={account.id} value={account.id}>
              {nameAccount(account)}
            </option>
          ))}
        </select>
      )}
    </header>
  );
}
