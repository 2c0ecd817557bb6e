/** Open registration: creates an agent of the team and signs them in. */
import { t } from "@/i18n/translate";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { Link, Redirect, useLocation } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { ApiError, describeError } from "@/lib/api/errors";
import { fieldProblems } from "@/lib/api/fieldProblem";
import { register } from "@/lib/api/users";
import { useConfig } from "@/lib/config";
import { useSession } from "./context";
import { Entrance } from "./Entrance";
import styles from "./login.module.css";

const MIN_PASSWORD = 10;

export function RegisterPage() {
  const config = useConfig().data;
  const { state } = useLocation() as { readonly state: unknown };
  if (config !== undefined && !config.open_registration) return <Redirect to="/login" replace state={state} />;
  return (
    <Entrance title={t("session.createAccount")} about={t("session.registerAbout")}>
      {config !== undefined && <RegisterForm />}
      <p className={styles.other}>
        <span>{t("session.haveAccount")}</span>{" "}
        <Link to="/login" state={state}>
          {t("session.signIn")}
        </Link>
      </p>
    </Entrance>
  );
}

/** What was rejected: one sentence for the whole form, or one for each field. */
interface FormError {
  readonly message: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

const NOTHING: FormError = { message: null, fields: {} };

function formErrorOf(error: unknown): FormError {
  if (error instanceof ApiError && error.status === 409) return { message: null, fields: { email: t("session.emailTaken") } };
  const fields = fieldProblems(error);
  return Object.keys(fields).length > 0 ? { message: null, fields } : { message: describeError(error), fields };
}

function useRegister() {
  const session = useSession();
  const [formError, setFormError] = useState(NOTHING);
  const [isBusy, setBusy] = useState(false);
  const send = async (data: FormData) => {
    const text = (name: string) => data.get(name) as string;
    setBusy(true);
    setFormError(NOTHING);
    try {
      session.enter(
        await register({ name: text("name").trim(), email: text("email").trim(), password: text("password") }),
      );
    } catch (failure) {
      setFormError(formErrorOf(failure));
      setBusy(false);
    }
  };
  return { send, formError, isBusy };
}

function RegisterForm() {
  const { send, formError, isBusy } = useRegister();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Focus the field to correct; a general error has none.
    form.current?.querySelector<HTMLInputElement>("[aria-invalid=true]")?.focus();
  }, [formError]);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    void send(new FormData(event.currentTarget));
  };
  const errorOf = (name: string) => formError.fields[name];
  const password = { type: "password", name: "password", autoComplete: "new-password", minLength: MIN_PASSWORD };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      <div aria-live="polite">{formError.message !== null && <Notice tone="bad">{formError.message}</Notice>}</div>
      <TextField label={t("session.yourName")} name="name" autoComplete="name" maxLength={200} required error={errorOf("name")} />
      <TextField label={t("session.email")} type="email" name="email" autoComplete="username" required error={errorOf("email")} />
      <TextField
        {...password}
        label={t("session.password")}
        hint={t("session.passwordHint", { min: MIN_PASSWORD })}
        required
        error={errorOf("password")}
      />
      <Button type="submit" tone="primary" size="large" isBusy={isBusy} data-testid="register-submit">
        {t("session.create")}
      </Button>
    </form>
  );
}
