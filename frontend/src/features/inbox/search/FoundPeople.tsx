/** People that a search has found: each leads to their chat, or to a first message where there is none yet. */
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { nameAccount } from "@/lib/accounts";
import { readPhone } from "@/lib/phone";
import { useCan } from "@/lib/rights";
import { firstShown } from "@/lib/texts";
import type { Account, FoundContact } from "@/types/wire";
import { ContactAvatar } from "@/features/inbox/chats/ContactAvatar";
import { NewChatDialog } from "@/features/inbox/chats/NewChat";

interface FoundPeopleProps {
  readonly people: readonly FoundContact[];
  readonly accounts: readonly Account[];
}

interface Start {
  readonly account: Account;
  readonly to: string;
}

export function FoundPeople({ people, accounts }: FoundPeopleProps) {
  const [start, setStart] = useState<Start | null>(null);
  const accountOf = (person: FoundContact) => accounts.find(({ id }) => id === person.account_id);
  return (
    <>
      {people.map((person) => (
        <PersonRow
          key={person.id}
          person={person}
          account={accountOf(person)}
          isNumberShown={accounts.length > 1}
          onStart={setStart}
        />
      ))}
      {start !== null && (
        <NewChatDialog accounts={[start.account]} selected={start.account.id} to={start.to} onClose={() => setStart(null)} />
      )}
    </>
  );
}

interface PersonRowProps {
  readonly person: FoundContact;
  readonly account: Account | undefined;
  /** Of several numbers it is said which one knows the person. */
  readonly isNumberShown: boolean;
  readonly onStart: (start: Start) => void;
}

function PersonRow({ person, account, isNumberShown, onStart }: PersonRowProps) {
  const { search } = useLocation();
  const can = useCan();
  const words = <PersonWords person={person} account={isNumberShown ? account : undefined} />;
  if (person.chat_id !== null) {
    return (
      <Link className="found-person" to={`/inbox/${person.account_id}/${person.chat_id}${search}`} data-testid="search-person">
        {words}
      </Link>
    );
  }
  const { phone } = person;
  if (phone === null || account === undefined || !can("send", account) || readPhone(phone) === null) {
    return (
      <div className="found-person" data-testid="search-person">
        {words}
      </div>
    );
  }
  return (
    <button type="button" className="found-person" onClick={() => onStart({ account, to: phone })} data-testid="search-person">
      {words}
      <span className="found-start">Start a chat</span>
    </button>
  );
}

function PersonWords({ person, account }: { readonly person: FoundContact; readonly account: Account | undefined }) {
  const name = firstShown(person.name, person.phone) ?? "Unknown contact";
  const details = [person.name === null ? null : person.phone, account === undefined ? null : nameAccount(account)];
  return (
    <>
      <ContactAvatar accountId={person.account_id} name={name} avatar={person.avatar} />
      <span className="found-words">
        <span className="chat-title" dir="auto" translate="no">
          {name}
        </span>
        <span className="found-detail">{details.filter((part) => part !== null).join(" · ") || "Met in a group"}</span>
      </span>
    </>
  );
}
