/** Requests a link for a new password, where the server can send mail. */
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { Link, Redirect } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { ApiError, describeError } from "@/lib/api/errors";
import { forgotPassword } from "@/lib/api/users";
import { useConfig } from "@/lib/config";
import { Entrance } from "./Entrance";
import styles from "./login.module.css";

export function ForgotPage() {
  const config = useConfig().data;
  const [asked, setAsked] = useState<string | null>(null);
  if (config !== undefined && !config.forgot_password) return <Redirect to="/login" replace />;
  return (
    <Entrance title={t("session.forgot.title")} about={t("session.forgot.about")}>
      {asked !== null && <Asked email={asked} />}
      {asked === null && config !== undefined && <ForgotForm onAsked={setAsked} />}
      <p className={styles.other}>
        <Link to="/login">{t("session.backToSignIn")}</Link>
      </p>
    </Entrance>
  );
}

/** The answer does not reveal whether the address exists. */
function Asked({ email }: { readonly email: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} tabIndex={-1} role="status" data-testid="forgot-asked">
      <Notice tone="info">
        <Translated id="session.forgot.asked" values={{ email }} components={{ b: <strong translate="no" /> }} />
      </Notice>
    </div>
  );
}

const isNoAddress = (error: unknown) => error instanceof ApiError && error.fields.email !== undefined;

function useAsk(onAsked: (email: string) => void) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (email: string) => {
    setBusy(true);
    setError(null);
    try {
      await forgotPassword(email);
      onAsked(email);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return { ask, error, isBusy };
}

function ForgotForm({ onAsked }: { readonly onAsked: (email: string) => void }) {
  const { ask, error, isBusy } = useAsk(onAsked);
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    void ask((new FormData(event.currentTarget).get("email") as string).trim());
  };
  const fieldError = isNoAddress(error) ? t("session.invalidEmail") : undefined;
  return (
    <form className={styles.form} onSubmit={submit}>
      <div aria-live="polite">
        {error !== null && fieldError === undefined && <Notice tone="bad">{describeError(error)}</Notice>}
      </div>
      <TextField
        label={t("session.email")}
        type="email"
        name="email"
        autoComplete="username"
        required
        error={fieldError}
        data-testid="forgot-email"
      />
      <Button type="submit" tone="primary" size="large" isBusy={isBusy} data-testid="forgot-submit">
        {t("session.forgot.send")}
      </Button>
    </form>
  );
}
