/** API keys for programs. A key is shown only once, when it is created. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Answer } from "@/components/Answer";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { Notice } from "@/components/Notice";
import { Secret } from "@/components/Secret";
import { EmptyState, ErrorState, Loading, Skeleton } from "@/components/States";
import { Exact } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { isForgotten, nameAccount, useAccounts } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { copyText } from "@/lib/clipboard";
import { isolate } from "@/lib/texts";
import { formatAgo } from "@/lib/time";
import type { ApiKey, NewKey, Scope } from "@/types/wire";
import styles from "@/components/panels.module.css";

const KEYS_KEY = ["keys"] as const;
const SCOPES: readonly Scope[] = ["read", "send", "manage"];

const listScopes = () => SCOPES.map((scope) => [scope, t(`apiKeys.scope.${scope}`)] as const);

export function KeysPage() {
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <CreateForm onMade={setSecret} />
      <KeyList />
      {secret !== null && (
        <Dialog title={t("apiKeys.made.title")} onClose={() => setSecret(null)}>
          <p>{t("apiKeys.made.text")}</p>
          <Secret value={secret} onCopy={copyText} testId="key-secret" />
        </Dialog>
      )}
    </>
  );
}

function useCreate(onMade: (secret: string) => void) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) => api.createKey(body),
    onSuccess: async ({ secret }) => {
      onMade(secret);
      await client.invalidateQueries({ queryKey: KEYS_KEY });
    },
  });
}

function CreateForm({ onMade }: { readonly onMade: (secret: string) => void }) {
  const create = useCreate(onMade);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [accountIds, setAccountIds] = useState<readonly number[]>([]);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const account_ids = accountIds.length === 0 ? null : accountIds;
    create.mutate({ name: name.trim(), scopes, account_ids }, { onSuccess: () => setName("") });
  };
  const nameField = { label: t("apiKeys.name"), required: true, maxLength: 100, value: name };
  return (
    <form className={styles.panel} aria-labelledby="key-title" onSubmit={submit}>
      <h2 id="key-title">{t("apiKeys.create")}</h2>
      <TextField {...nameField} onChange={(event) => setName(event.target.value)} data-testid="key-name" />
      <Choices legend={t("apiKeys.permissions")} options={listScopes()} chosen={scopes} onChange={setScopes} />
      <AccountChoices chosen={accountIds} onChange={setAccountIds} />
      <div>
        <Button type="submit" tone="primary" disabled={scopes.length === 0} isBusy={create.isPending} data-testid="key-submit">
          {t("apiKeys.submit")}
        </Button>
      </div>
      <Answer to={create}>{create.isError && <Notice tone="bad">{describeError(create.error)}</Notice>}</Answer>
    </form>
  );
}

interface AccountChoicesProps {
  readonly chosen: readonly number[];
  readonly onChange: (chosen: readonly number[]) => void;
}

function AccountChoices({ chosen, onChange }: AccountChoicesProps) {
  const options = (useAccounts().data ?? []).filter((account) => !isForgotten(account)).map((account) => [account.id, nameAccount(account)] as const);
  if (options.length === 0) return null;
  return <Choices legend={t("apiKeys.numbers")} options={options} chosen={chosen} onChange={onChange} />;
}

interface ChoicesProps<T> {
  readonly legend: string;
  readonly options: readonly (readonly [T, string])[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
}

function Choices<T extends string | number>({ legend, options, chosen, onChange }: ChoicesProps<T>) {
  return (
    <fieldset className={styles.choices}>
      <legend>{legend}</legend>
      {options.map(([value, label]) => (
        <CheckBox
          key={value}
          checked={chosen.includes(value)}
          onChange={(event) => onChange(event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))}
        >
          {label}
        </CheckBox>
      ))}
    </fieldset>
  );
}

function KeyList() {
  const api = useApi();
  const keys = useQuery({ queryKey: KEYS_KEY, queryFn: ({ signal }) => api.listKeys(signal) });
  if (keys.data === undefined) {
    if (keys.isError) {
      const message = describeError(keys.error);
      return <ErrorState title={t("apiKeys.failed")} message={message} onRetry={() => void keys.refetch()} />;
    }
    return (
      <Loading label={t("apiKeys.loading")}>
        <Skeleton className={styles.skeleton} />
      </Loading>
    );
  }
  if (keys.data.length === 0) {
    return (
      <EmptyState icon="key" title={t("apiKeys.empty")}>
        {t("apiKeys.about")}
      </EmptyState>
    );
  }
  return (
    <ul className={styles.entries} aria-label={t("apiKeys.title")}>
      {keys.data.map((key) => (
        <KeyRow key={key.id} apiKey={key} />
      ))}
    </ul>
  );
}

function describeKey(key: ApiKey): string {
  const reach = key.all_accounts ? t("apiKeys.all") : t("apiKeys.some", { count: key.account_ids.length });
  const use = key.last_used_at === null ? t("apiKeys.neverUsed") : t("apiKeys.used", { ago: formatAgo(key.last_used_at) });
  const known = new Map<string, string>(listScopes());
  const scopes = key.scopes.map((scope) => known.get(scope) ?? scope).join(", ");
  return [scopes, reach, use, t("apiKeys.by", { name: isolate(key.user_name) })].join(" · ");
}

function KeyRow({ apiKey }: { readonly apiKey: ApiKey }) {
  const api = useApi();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.revokeKey(apiKey.id),
    onSettled: () => client.invalidateQueries({ queryKey: KEYS_KEY }),
  });
  return (
    <li className={styles.entry} data-testid="api-key">
      <div className={styles.entryText}>
        <strong translate="no">{apiKey.name}</strong>
        <Exact>{`${apiKey.prefix}…`}</Exact>
        <span>{describeKey(apiKey)}</span>
      </div>
      <Button size="small" tone="quiet" isBusy={revoke.isPending} onClick={() => revoke.mutate()} aria-label={t("apiKeys.revokeOf", { name: isolate(apiKey.name) })}>
        {t("apiKeys.revoke")}
      </Button>
      {revoke.isError && <Notice tone="bad">{describeError(revoke.error)}</Notice>}
    </li>
  );
}
