/** The user's own name and password. */
import { t } from "@/i18n/translate";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Answer } from "@/components/Answer";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Exact } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { useApi } from "@/lib/api/context";
import { ApiError, describeError } from "@/lib/api/errors";
import { ME_KEY, useMe } from "@/lib/rights";
import { nameRole } from "@/lib/roles";
import type { Me } from "@/types/wire";
import styles from "@/components/panels.module.css";

export function ProfilePage() {
  const me = useMe().data;
  if (me === undefined) return null;
  return (
    <>
      <NameForm me={me} />
      <PasswordForm />
    </>
  );
}

function NameForm({ me }: { readonly me: Me }) {
  const api = useApi();
  const client = useQueryClient();
  const [name, setName] = useState(me.user.name);
  const change = useMutation({
    mutationFn: () => api.changeProfile(name.trim()),
    onSuccess: (changed) => client.setQueryData(ME_KEY, changed),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <section className={styles.panel} aria-labelledby="profile-title">
      <h2 id="profile-title">{t("session.profile.title")}</h2>
      <p className="muted">
        <Exact>{me.user.email}</Exact>
        <span>{` · ${nameRole(me.user.role)}`}</span>
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextField label={t("session.name")} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" isBusy={change.isPending}>
          {t("session.profile.save")}
        </Button>
      </form>
      <Answer to={change}>
        {change.isError && <Notice tone="bad">{describeError(change.error)}</Notice>}
        {change.isSuccess && <Notice tone="info">{t("session.profile.saved")}</Notice>}
      </Answer>
    </section>
  );
}

function explain(error: unknown): string {
  return error instanceof ApiError && "old_password" in error.fields ? t("session.change.wrong") : describeError(error);
}

function PasswordForm() {
  const api = useApi();
  const change = useMutation({
    mutationFn: (data: FormData) => api.changePassword(data.get("old") as string, data.get("new") as string),
  });
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    change.mutate(new FormData(form), { onSuccess: () => form.reset() });
  };
  const field = { type: "password", required: true } as const;
  return (
    <section className={styles.panel} aria-labelledby="password-title">
      <h2 id="password-title">{t("session.password")}</h2>
      <p className="muted">{t("session.change.about")}</p>
      <form className={styles.form} onSubmit={submit}>
        <TextField {...field} label={t("session.change.current")} name="old" autoComplete="current-password" />
        <TextField {...field} label={t("session.change.new")} name="new" autoComplete="new-password" minLength={10} />
        <Button type="submit" isBusy={change.isPending}>
          {t("session.change.submit")}
        </Button>
      </form>
      <Answer to={change}>
        {change.isError && <Notice tone="bad">{explain(change.error)}</Notice>}
        {change.isSuccess && <Notice tone="info">{t("session.change.done")}</Notice>}
      </Answer>
    </section>
  );
}
