/** The routes of the app, and which rights each page needs. */
import { Redirect, Route, Switch, useLocation, type Location } from "@/lib/navigation";
import { Mark } from "@/components/Logo";
import { ToastProvider } from "@/components/Toast";
import { ConnectProvider } from "@/features/connections/connect/ConnectProvider";
import { InboxPage } from "@/features/inbox/InboxPage";
import { AccountNoticesContext, type AccountNotices } from "@/features/inbox/chats/AccountNotice";
import { ExportsProvider } from "@/features/privacy/ExportsProvider";
import { useSessionState } from "@/features/session/context";
import { t } from "@/i18n/translate";
import { useLocale } from "@/i18n/useLocale";
import { lazyPart, usePageShown } from "@/lib/lazyPart";
import { usePhoneFormat } from "@/lib/phoneFormat";
import { useCan, useMe } from "@/lib/rights";
import { AuditPage, ConnectionsPage, ContactsPage, DesignPage, ForgotPage, LoginPage, PlannedPage, RatingsPage, RegisterPage, ReportsPage, SettingsPage, UnsubscribePage, UsagePage, WelcomePage } from "./lazyPages";
import { useFrame } from "./frame";
import { LiveProvider } from "./LiveProvider";
import { NotFoundPage } from "./NotFoundPage";
import { Shell } from "./Shell";
import { Unreachable } from "./Unreachable";
import styles from "./splash.module.css";

const CommandLayer = lazyPart(async () => (await import("./CommandLayer")).CommandLayer, { preloading: "page", isExtra: true });
const AccountNotice = lazyPart(async () => (await import("@/features/connections/account/AccountNotice")).AccountNotice, { isExtra: true });
const AccountLines = lazyPart(async () => (await import("@/features/connections/account/AccountLines")).AccountLines, { preloading: "page", isExtra: true });
const ACCOUNT_NOTICES: AccountNotices = { notice: (props) => <AccountNotice {...props} />, lines: (props) => <AccountLines {...props} /> };

export function Pages() {
  const state = useSessionState();
  const { pathname } = useLocation();
  // In another language every page is rendered again.
  useLocale();
  // Once phone numbers can be grouped, too.
  usePhoneFormat();
  useFrame(state);
  if (DesignPage !== null && pathname === "/design") return <DesignPage />;
  // From a mail, whether the user is signed in or not.
  if (pathname.startsWith("/unsubscribe/")) return <UnsubscribePage />;
  switch (state.status) {
    case "restoring":
      return <Splash />;
    case "unreachable":
      return <Unreachable />;
    case "signed-out":
      return <SignedOut hasEnded={state.hasEnded} />;
    case "signed-in":
      return (
        <ToastProvider key={state.user.id}>
          <LiveProvider user={state.user} mediaKey={state.mediaKey}>
            <AccountNoticesContext value={ACCOUNT_NOTICES}>
              <ConnectProvider>
                <ExportsProvider>
                  <CommandLayer />
                  <Shell user={state.user}>
                    <SignedIn />
                  </Shell>
                </ExportsProvider>
              </ConnectProvider>
            </AccountNoticesContext>
          </LiveProvider>
        </ToastProvider>
      );
  }
}

function SignedIn() {
  const can = useCan();
  const isKnown = useMe().data !== undefined;
  const { pathname, state } = useLocation() as Location<{ from?: string } | null>;
  // The inbox itself reports when its rows are shown.
  usePageShown(!pathname.startsWith("/inbox"));
  return (
    <Switch>
      <Route path="/"><Redirect to="/inbox" replace /></Route>
      {["/login", "/register", "/forgot"].map((path) => (
        <Route key={path} path={path}><Redirect to={state?.from ?? "/inbox"} replace /></Route>
      ))}
      <Route path="/inbox"><InboxPage /></Route>
      <Route path="/inbox/:accountId/:chatId"><InboxPage /></Route>
      <Route path="/connections"><ConnectionsPage /></Route>
      <Route path="/contacts"><ContactsPage /></Route>
      <Route path="/contacts/:accountId/:contactId"><ContactsPage /></Route>
      <Route path="/planned"><PlannedPage /></Route>
      <Route path="/ratings"><RatingsPage /></Route>
      <Route path="/usage"><UsagePage /></Route>
      {can("see_reports") && <Route path="/reports"><ReportsPage /></Route>}
      {can("see_audit") && <Route path="/audit"><AuditPage /></Route>}
      <Route path="/settings/*?"><SettingsPage /></Route>
      <Route path="/welcome"><Redirect to="/inbox" replace /></Route>
      {/* While the rights are loading, a page is neither shown nor reported missing. */}
      <Route>{isKnown ? <NotFoundPage /> : null}</Route>
    </Switch>
  );
}

/** After signing in, the user gets the page they asked for; after signing out, they start at the inbox. */
function SignedOut({ hasEnded }: { readonly hasEnded: boolean }) {
  const { pathname, search, state } = useLocation() as Location<{ from?: string } | null>;
  usePageShown();
  if (pathname === "/login") return <LoginPage />;
  if (pathname === "/register") return <RegisterPage />;
  if (pathname === "/forgot") return <ForgotPage />;
  if (pathname === "/welcome") return <WelcomePage />;
  const from = state?.from ?? pathname + search;
  return <Redirect to="/login" replace state={hasEnded || pathname !== "/" ? { from } : null} />;
}

function Splash() {
  return (
    <div className={styles.splash} role="status" aria-label={t("app.opening")}>
      <Mark size={56} />
    </div>
  );
}
