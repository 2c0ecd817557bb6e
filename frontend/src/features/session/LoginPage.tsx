/** Sign-in with e-mail and password, or with one click in the sandbox. */
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { useRef, useState, type SyntheticEvent } from "react";
import { Link, useLocation } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { ApiError, describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { useSession, useSessionState } from "./context";
import { Entrance } from "./Entrance";
import styles from "./login.module.css";

function explain(error: unknown): string {
  const isRejected = error instanceof ApiError && (error.status === 401 || error.status === 422 || error.status === 400);
  return isRejected ? t("session.wrong") : describeError(error);
}

function useLogin() {
  const session = useSession();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const login = async (email: string, password: string): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      await session.login(email, password);
      return true;
    } catch (failure) {
      setError(explain(failure));
      setBusy(false);
      return false;
    }
  };
  return { login, isBusy, error };
}

export function LoginPage() {
  return (
    <Entrance title={t("session.welcomeBack")} about={t("session.about")}>
      <LoginForm />
      <ToForgot />
      <ToRegister />
    </Entrance>
  );
}

/** Only if the server can send mail; otherwise a team member creates the link. */
function ToForgot() {
  if (!useConfig().data?.forgot_password) return null;
  return (
    <p className={styles.other}>
      <Link to="/forgot" data-testid="login-forgot">
        {t("session.forgot.title")}
      </Link>
    </p>
  );
}

/** Only where registration is open. */
function ToRegister() {
  const { state } = useLocation() as { readonly state: unknown };
  if (!useConfig().data?.open_registration) return null;
  return (
    <p className={styles.other}>
      <span>{t("session.newHere")}</span>{" "}
      <Link to="/register" state={state} data-testid="login-register">
        {t("session.createAccount")}
      </Link>
    </p>
  );
}

function LoginForm() {
  const { login, isBusy, error } = useLogin();
  const form = useRef<HTMLFormElement>(null);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const isIn = await login(email.trim(), password);
    if (!isIn) form.current?.querySelector<HTMLInputElement>("[name=password]")?.focus();
  };
  const emailField = { type: "email", name: "email", autoComplete: "username", value: email };
  const passwordField = { type: "password", name: "password", autoComplete: "current-password", value: password };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      <LoginNotice error={error} />
      <TextField
        {...emailField}
        label={t("session.email")}
        required
        onChange={(event) => setEmail(event.target.value)}
        data-testid="login-email"
      />
      <TextField
        {...passwordField}
        label={t("session.password")}
        required
        onChange={(event) => setPassword(event.target.value)}
        data-testid="login-password"
      />
      <Button type="submit" tone="primary" size="large" isBusy={isBusy} data-testid="login-submit">
        {t("session.signIn")}
      </Button>
      <DemoLogin isBusy={isBusy} onUse={login} />
    </form>
  );
}

function LoginNotice({ error }: { readonly error: string | null }) {
  const state = useSessionState();
  const hasEnded = state.status === "signed-out" && state.hasEnded;
  return (
    <div aria-live="polite">
      {error !== null && <Notice tone="bad">{error}</Notice>}
      {error === null && hasEnded && <Notice tone="info">{t("session.ended")}</Notice>}
    </div>
  );
}

interface DemoLoginProps {
  readonly isBusy: boolean;
  readonly onUse: (email: string, password: string) => Promise<boolean>;
}

function DemoLogin({ isBusy, onUse }: DemoLoginProps) {
  const demo = useConfig().data?.demo ?? null;
  if (demo === null) return null;
  return (
    <div className={styles.demo}>
      <p className={styles.or}>
        <span>{t("session.demo.or")}</span>
      </p>
      <Button size="large" disabled={isBusy} onClick={() => void onUse(demo.email, demo.password)} data-testid="login-demo">
        {t("session.demo.use")}
      </Button>
      <p className={styles.hint}>
        <Translated id="session.demo.about" values={{ email: demo.email }} components={{ b: <strong translate="no" /> }} />
      </p>
    </div>
  );
}
