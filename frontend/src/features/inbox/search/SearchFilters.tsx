/** The filters of a search: the chat, who wrote it, outside or of the team, what it holds, when, and over which number. */
import { useId, type ReactNode } from "react";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Exact, Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { nameAccount } from "@/lib/accounts";
import { useCan } from "@/lib/rights";
import { useTeam } from "@/lib/team";
import type { Account, Chat } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import { useSearch } from "./searchContext";
import { CONTENTS, PERIODS } from "./searchQuery";
import { SenderFilter } from "./SenderFilter";
import styles from "./search-filters.module.css";

const CONTENT_NAMES = {
  media: "search.has.media",
  audio: "search.has.audio",
  file: "search.has.file",
  link: "search.has.link",
  location: "search.has.location",
  contact: "search.has.contact",
} as const;
const PERIOD_NAMES = {
  day: "search.period.day",
  week: "search.period.week",
  month: "search.period.month",
  year: "search.period.year",
  range: "search.period.range",
} as const;

interface SearchFiltersProps {
  readonly accounts: readonly Account[];
  readonly openChat: Chat | undefined;
}

export function SearchFilters({ accounts, openChat }: SearchFiltersProps) {
  const { wanted, change } = useSearch();
  return (
    <div className={styles.filters} role="group" aria-label={t("search.filters")}>
      <ChatFilter openChat={openChat} />
      <SenderFilter accounts={accounts} openChat={openChat} />
      <AuthorFilter />
      <Choice label={t("search.has")} value={wanted.has ?? ""} onChange={(value) => change({ has: CONTENTS.find((one) => one === value) ?? null })}>
        <option value="">{t("search.has.any")}</option>
        {CONTENTS.map((content) => (
          <option key={content} value={content}>
            {t(CONTENT_NAMES[content])}
          </option>
        ))}
      </Choice>
      <PeriodFilter />
      {accounts.length > 1 && wanted.chat === null && <AccountFilter accounts={accounts} />}
    </div>
  );
}

function ChatFilter({ openChat }: { readonly openChat: Chat | undefined }) {
  const { wanted, change } = useSearch();
  const chat = wanted.chat ?? (openChat === undefined ? null : { id: openChat.id, name: nameChat(openChat) });
  if (chat === null) return null;
  const isOn = wanted.chat !== null;
  return (
    <button type="button" className={classes(styles.chip, isOn && styles.on)} aria-pressed={isOn} onClick={() => change({ chat: isOn ? null : chat })} data-testid="search-in-chat">
      <Text>{t("search.inChat")}</Text>
      <Exact>{chat.name}</Exact>
      {isOn && <Icon name="close" size={14} />}
    </button>
  );
}

const AUTHORS = ["phone", "api_key", "automatic"] as const;
const AUTHOR_NAMES = { phone: "messages.author.phone", api_key: "search.author.key", automatic: "messages.author.rule" } as const;

/** A user, or what is none. Of what the team sent: not together with a contact as the sender. */
function AuthorFilter() {
  const { wanted, change } = useSearch();
  const users = (useTeam(useCan()("see_people")).data ?? []).filter(({ status }) => status !== "invited");
  const choose = (value: string) => {
    const author = AUTHORS.find((one) => one === value) ?? (value === "" ? null : Number(value));
    change({ author, ...(author !== null && typeof wanted.from?.id === "number" ? { from: null } : {}) });
  };
  return (
    <Choice label={t("search.author")} value={String(wanted.author ?? "")} testId="search-author" onChange={choose}>
      <option value="">{t("search.author.any")}</option>
      {users.map(({ id, name }) => (
        <option key={id} value={id} translate="no">
          {name}
        </option>
      ))}
      {AUTHORS.map((author) => (
        <option key={author} value={author}>
          {t(AUTHOR_NAMES[author])}
        </option>
      ))}
    </Choice>
  );
}

/** A period up to now, or the days between two dates. */
function PeriodFilter() {
  const { wanted, change } = useSearch();
  const { period, days } = wanted;
  return (
    <>
      <Choice label={t("search.period")} value={period ?? ""} onChange={(value) => change({ period: PERIODS.find((one) => one === value) ?? null })}>
        <option value="">{t("search.period.any")}</option>
        {PERIODS.map((one) => (
          <option key={one} value={one}>
            {t(PERIOD_NAMES[one])}
          </option>
        ))}
      </Choice>
      {period === "range" && (
        <>
          <Day label={t("search.period.first")} value={days.first} onChange={(first) => change({ days: { ...days, first } })} />
          <Day label={t("search.period.last")} value={days.last} onChange={(last) => change({ days: { ...days, last } })} />
        </>
      )}
    </>
  );
}

interface DayProps {
  readonly label: string;
  /** "2026-03-31", or "" for none. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <label className={classes(styles.chip, styles.day, value !== "" && styles.on)}>
      <Text>{label}</Text>
      <input type="date" value={value} max="9999-12-31" onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function AccountFilter({ accounts }: { readonly accounts: readonly Account[] }) {
  const { wanted, change } = useSearch();
  return (
    <Choice label={t("search.account")} value={String(wanted.accountId ?? "")} onChange={(value) => change({ accountId: value === "" ? null : Number(value) })}>
      <option value="">{t("search.account.any")}</option>
      {accounts.map((account) => (
        <option key={account.id} value={account.id} translate="no">
          {nameAccount(account)}
        </option>
      ))}
    </Choice>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly testId?: string;
  readonly onChange: (value: string) => void;
  readonly children: ReactNode;
}

function Choice({ label, value, testId, onChange, children }: ChoiceProps) {
  const id = useId();
  return (
    <span className={classes(styles.chip, styles.choice, value !== "" && styles.on)}>
      <label className="visually-hidden" htmlFor={id}>
        {label}
      </label>
      <select id={id} value={value} data-testid={testId} onChange={(event) => onChange(event.target.value)}>
        {children}
      </select>
      <Icon name="chevron" size={14} />
    </span>
  );
}
