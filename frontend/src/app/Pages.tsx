/** The routes of the app, and which rights each page needs. */
import { Navigate, Route, Routes, useLocation, type Location } from "react-router";
import { Mark } from "@/components/Logo";
import { ErrorState } from "@/components/States";
import { AuditPage } from "@/features/audit/AuditPage";
import { ConnectionsPage } from "@/features/connections/ConnectionsPage";
import { AccountNotice } from "@/features/connections/AccountNotice";
import { InboxPage } from "@/features/inbox/InboxPage";
import { AccountNoticeContext } from "@/features/inbox/chats/AccountNotice";
import { ExportsProvider } from "@/features/privacy/ExportsProvider";
import { useSession, useSessionState } from "@/features/session/context";
import { ForgotPage } from "@/features/session/ForgotPage";
import { LoginPage } from "@/features/session/LoginPage";
import { RegisterPage } from "@/features/session/RegisterPage";
import { WelcomePage } from "@/features/session/WelcomePage";
import { UsagePage } from "@/features/usage/UsagePage";
import { useCan, useMe } from "@/lib/rights";
import { LiveProvider } from "./LiveProvider";
import { NotFoundPage } from "./NotFoundPage";
import { SettingsPage } from "./SettingsPage";
import { Shell } from "./Shell";
import styles from "./splash.module.css";

export function Pages() {
  const state = useSessionState();
  switch (state.status) {
    case "restoring":
      return <Splash />;
    case "unreachable":
      return <Unreachable />;
    case "signed-out":
      return <SignedOut hasEnded={state.hasEnded} />;
    case "signed-in":
      return (
        <LiveProvider key={state.user.id} user={state.user}>
          <AccountNoticeContext value={(props) => <AccountNotice {...props} />}>
            <ExportsProvider>
              <Shell user={state.user}>
                <SignedIn />
              </Shell>
            </ExportsProvider>
          </AccountNoticeContext>
        </LiveProvider>
      );
  }
}

function SignedIn() {
  const can = useCan();
  const isKnown = useMe().data !== undefined;
  const { state } = useLocation() as Location<{ from?: string } | null>;
  return (
    <Routes>
      <Route path="/" element={<Navigate to="/inbox" replace />} />
      {["/login", "/register", "/forgot"].map((path) => (
        <Route key={path} path={path} element={<Navigate to={state?.from ?? "/inbox"} replace />} />
      ))}
      <Route path="/inbox" element={<InboxPage />} />
      <Route path="/inbox/:accountId/:chatId" element={<InboxPage />} />
      <Route path="/connections" element={<ConnectionsPage />} />
      <Route path="/usage" element={<UsagePage />} />
      {can("see_audit") && <Route path="/audit" element={<AuditPage />} />}
      <Route path="/settings/*" element={<SettingsPage />} />
      <Route path="/welcome" element={<Navigate to="/inbox" replace />} />
      {/* While the rights are loading, a page is neither shown nor reported missing. */}
      <Route path="*" element={isKnown ? <NotFoundPage /> : null} />
    </Routes>
  );
}

/** After signing in, the user gets the page they asked for; after signing out, they start at the inbox. */
function SignedOut({ hasEnded }: { readonly hasEnded: boolean }) {
  const { pathname, search, state } = useLocation() as Location<{ from?: string } | null>;
  if (pathname === "/login") return <LoginPage />;
  if (pathname === "/register") return <RegisterPage />;
  if (pathname === "/forgot") return <ForgotPage />;
  if (pathname === "/welcome") return <WelcomePage />;
  const from = state?.from ?? pathname + search;
  return <Navigate to="/login" replace state={hasEnded || pathname !== "/" ? { from } : null} />;
}

function Splash() {
  return (
    <div className={styles.splash} role="status" aria-label="Opening Confab">
      <Mark size={56} />
    </div>
  );
}

function Unreachable() {
  const session = useSession();
  return (
    <main className={styles.splash} id="main">
      <ErrorState
        title="Confab cannot be reached"
        message="Check your connection. We keep retrying automatically."
        onRetry={() => void session.restore()}
      />
    </main>
  );
}
