/** Requests a link for a new password, where the server can send mail. */
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { Link, Navigate } from "react-router";
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
  if (config !== undefined && !config.forgot_password) return <Navigate to="/login" replace />;
  return (
    <Entrance title="Forgot your password?" about="We mail you a link at which you choose a new one.">
      {asked !== null && <Asked email={asked} />}
      {asked === null && config !== undefined && <ForgotForm onAsked={setAsked} />}
      <p className={styles.other}>
        <Link to="/login">Back to signing in</Link>
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
        If <strong>{email}</strong> belongs to a user here, a link is on its way. It may take a few minutes; check the spam
        folder too.
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
  const fieldError = isNoAddress(error) ? "This is not an e-mail address." : undefined;
  return (
    <form className={styles.form} onSubmit={submit}>
      <div aria-live="polite">
        {error !== null && fieldError === undefined && <Notice tone="bad">{describeError(error)}</Notice>}
      </div>
      <TextField
        label="E-mail"
        type="email"
        name="email"
        autoComplete="username"
        required
        error={fieldError}
        data-testid="forgot-email"
      />
      <Button type="submit" tone="primary" size="large" isBusy={isBusy} data-testid="forgot-submit">
        Mail me a link
      </Button>
    </form>
  );
}
