/** The contacts of all numbers: found by name, phone, username or field, and opened beside the list. */
import { useDeferredValue, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import { Select } from "@/components/Select";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { TextField } from "@/components/TextField";
import { classes } from "@/components/classes";
import panelStyles from "@/components/panels.module.css";
import { useLabelList } from "@/features/inbox/labels/labelQueries";
import { t } from "@/i18n/translate";
import { nameAccount, useAccounts } from "@/lib/accounts";
import type { ContactFilter, ContactRef } from "@/lib/api/contactRecords";
import { describeError } from "@/lib/api/errors";
import { isolate } from "@/lib/texts";
import { ContactCard } from "./ContactCard";
import { ContactRow } from "./ContactRow";
import { useContactList } from "./contactQueries";
import { Transfer } from "./importing/Transfer";
import styles from "./contacts.module.css";

const idOf = (text: string | null | undefined): number | null => (text != null && /^\d{1,15}$/.test(text) ? Number(text) : null);

/** In the address, so that a filtered list can be shared. */
function useFilter() {
  const [query, setQuery] = useSearchParams();
  const filter: ContactFilter = { accountId: idOf(query.get("number")), labelId: idOf(query.get("label")), text: query.get("q") ?? "" };
  const choose = (changes: Partial<ContactFilter>) => {
    const { accountId, labelId, text } = { ...filter, ...changes };
    setQuery({ ...(accountId !== null && { number: String(accountId) }), ...(labelId !== null && { label: String(labelId) }), ...(text !== "" && { q: text }) }, { replace: true });
  };
  return { filter, choose, search: query.size === 0 ? "" : `?${query.toString()}` };
}

function useOpened(): ContactRef | null {
  const params = useParams();
  const [account_id, id] = [idOf(params.accountId), idOf(params.contactId)];
  return account_id === null || id === null ? null : { account_id, id };
}

export function ContactsPage() {
  const { filter, choose, search } = useFilter();
  const opened = useOpened();
  const navigate = useNavigate();
  return (
    <Page title={t("records.contacts")} action={<Transfer accountId={filter.accountId} />}>
      <div className={classes(styles.columns, opened !== null && styles.isOpen)}>
        <div className={styles.column}>
          <Filters filter={filter} onChoose={choose} />
          <List filter={{ ...filter, text: useDeferredText(filter.text) }} search={search} opened={opened} />
        </div>
        {opened !== null && <ContactCard key={`${opened.account_id} ${opened.id}`} contact={opened} onClose={() => navigate(`/contacts${search}`)} />}
      </div>
    </Page>
  );
}

/** A list of two hundred thousand is not read for each letter. */
const useDeferredText = (text: string): string => useDeferredValue(text);

interface FiltersProps {
  readonly filter: ContactFilter;
  readonly onChoose: (changes: Partial<ContactFilter>) => void;
}

function Filters({ filter, onChoose }: FiltersProps) {
  const accounts = useAccounts().data ?? [];
  const labels = (useLabelList().data ?? []).filter((label) => label.shared);
  const [text, setText] = useState(filter.text);
  return (
    <div className={styles.filters}>
      <TextField
        label={t("records.search")}
        type="search"
        maxLength={100}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          onChoose({ text: event.target.value });
        }}
        data-testid="contacts-search"
      />
      {accounts.length > 1 && (
        <Select label={t("records.number")} value={filter.accountId ?? ""} onChange={(event) => onChoose({ accountId: idOf(event.target.value) })} data-testid="contacts-number">
          <option value="">{t("records.allNumbers")}</option>
          {accounts.map((account) => <option key={account.id} value={account.id}>{nameAccount(account)}</option>)}
        </Select>
      )}
      {labels.length > 0 && (
        <Select label={t("records.label")} value={filter.labelId ?? ""} onChange={(event) => onChoose({ labelId: idOf(event.target.value) })} data-testid="contacts-label">
          <option value="">{t("records.allLabels")}</option>
          {labels.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </Select>
      )}
    </div>
  );
}

interface ListProps {
  readonly filter: ContactFilter;
  readonly search: string;
  readonly opened: ContactRef | null;
}

function List({ filter, search, opened }: ListProps) {
  const list = useContactList(filter);
  if (list.contacts === undefined) {
    if (list.isError) return <ErrorState title={t("records.failed")} message={describeError(list.error)} onRetry={() => void list.refetch()} />;
    return (
      <Loading label={t("records.loading")}>
        <Skeleton className={panelStyles.skeleton} />
      </Loading>
    );
  }
  if (list.contacts.length === 0) return <Nothing filter={filter} />;
  return (
    <>
      <ul className={styles.list} aria-label={t("records.contacts")} aria-busy={list.isPlaceholderData}>
        {list.contacts.map((contact) => (
          <ContactRow key={contact.id} contact={contact} search={search} isOpen={contact.id === opened?.id} />
        ))}
      </ul>
      {list.isFetchNextPageError && <Notice tone="bad">{describeError(list.error)}</Notice>}
      {list.hasNextPage && (
        <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()} data-testid="contacts-more">
          {t("records.more")}
        </Button>
      )}
    </>
  );
}

function Nothing({ filter }: { readonly filter: ContactFilter }) {
  const text = filter.text.trim();
  if (text !== "") return <p role="status">{t("records.noMatch", { text: isolate(text) })}</p>;
  return (
    <EmptyState icon="people" title={t("records.none")}>
      {t("records.noneText")}
    </EmptyState>
  );
}
