/** The page of a one-time link: choose a name and a password, and be signed in. */
import { t } from "@/i18n/translate";
import { useQuery } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { Link, Redirect } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { describeError } from "@/lib/api/errors";
import { acceptLink, fetchLink } from "@/lib/api/users";
import type { KnownLink } from "@/types/wire";
import { useSession, useSessionState } from "./context";
import { Entrance } from "./Entrance";
import styles from "./login.module.css";

const MIN_PASSWORD = 10;

/** The token is in the URL fragment; it is removed after reading, so that it cannot be read from the screen. */
function takeToken(): string {
  const token = window.location.hash.slice(1);
  if (token !== "") window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}

export function WelcomePage() {
  const [token] = useState(takeToken);
  const isIn = useSessionState().status === "signed-in";
  const link = useQuery({
    queryKey: ["link", token],
    queryFn: ({ signal }) => fetchLink(token, signal),
    enabled: token !== "" && !isIn,
    staleTime: Infinity,
  });
  if (isIn && token === "") return <Redirect to="/inbox" replace />;
  if (link.data !== undefined) return <Accept link={link.data} token={token} />;
  const isInvalid = token === "" || link.isError;
  return (
    <Entrance title={isInvalid ? t("session.link.invalid") : t("session.link.loading")}>
      {isInvalid && <Notice tone="bad">{token === "" ? t("session.link.incomplete") : describeError(link.error)}</Notice>}
      <Link to="/login">{t("session.goToSignIn")}</Link>
    </Entrance>
  );
}

const TITLES = { first_run: "session.link.firstRun", invitation: "session.link.invitation", reset: "session.link.reset" } as const;

function useAccept(link: KnownLink, token: string) {
  const session = useSession();
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const accept = async (data: FormData) => {
    setBusy(true);
    const text = (name: string) => (data.get(name) as string).trim();
    const own = link.kind === "first_run" ? { email: text("email") } : {};
    try {
      session.enter(await acceptLink({ token, password: data.get("password") as string, name: text("name"), ...own }));
    } catch (failure) {
      setError(describeError(failure));
      setBusy(false);
    }
  };
  return { accept, error, isBusy };
}

function Accept({ link, token }: { readonly link: KnownLink; readonly token: string }) {
  const { accept, error, isBusy } = useAccept(link, token);
  const isFirst = link.kind === "first_run";
  const submit = (event: SyntheticEvent<HTMLFormElement>) => {
    event.preventDefault();
    void accept(new FormData(event.currentTarget));
  };
  const email = { type: "email", name: "email", autoComplete: "username", defaultValue: link.email, readOnly: !isFirst };
  const name = { name: "name", autoComplete: "name", maxLength: 200, defaultValue: isFirst ? "" : link.name };
  const password = { type: "password", name: "password", autoComplete: "new-password", minLength: MIN_PASSWORD };
  return (
    <Entrance title={t(TITLES[link.kind])}>
      <form className={styles.form} onSubmit={submit}>
        <div aria-live="polite">{error !== null && <Notice tone="bad">{error}</Notice>}</div>
        <TextField {...email} label={t("session.email")} required />
        <TextField {...name} label={t("session.yourName")} required data-testid="welcome-name" />
        <TextField
          {...password}
          label={t("session.password")}
          hint={t("session.passwordHint", { min: MIN_PASSWORD })}
          required
          data-testid="welcome-password"
        />
        <Button type="submit" tone="primary" size="large" isBusy={isBusy} data-testid="welcome-submit">
          {link.kind === "reset" ? t("session.link.save") : t("session.link.join")}
        </Button>
      </form>
    </Entrance>
  );
}
