/** The settings: profile, team, API keys and the system, each only for users who may see it. */
import type { ReactElement, ReactNode } from "react";
import { NavLink, Redirect, Route, Switch } from "@/lib/navigation";
import { Page } from "@/components/Page";
import { KeyboardSettings } from "@/features/commands/KeyboardSettings";
import { FieldsPage } from "@/features/inbox/contacts/FieldsPage";
import { LabelsPage } from "@/features/inbox/labels/LabelsPage";
import { ViewsPage } from "@/features/inbox/views/ViewsPage";
import { WritingSettings } from "@/features/inbox/composer/WritingSettings";
import { NotificationSettings } from "@/features/notifications/NotificationSettings";
import { KeysPage } from "@/features/keys/KeysPage";
import { useRuledAccounts } from "@/features/rules/queries";
import { RepliesPage } from "@/features/replies/RepliesPage";
import { ProfilePage } from "@/features/session/ProfilePage";
import { TeamPage } from "@/features/team/TeamPage";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import { useCan, useMe } from "@/lib/rights";
import styles from "./settings.module.css";

const RulesPage = lazyPart(async () => (await import("@/features/rules/RulesPage")).RulesPage);
const TargetsPage = lazyPart(async () => (await import("@/features/rules/targets/TargetsPage")).TargetsPage);
const SystemPage = lazyPart(async () => (await import("@/features/system/SystemPage")).SystemPage);
const MacrosPage = lazyPart(async () => (await import("@/features/rules/MacrosPage")).MacrosPage);

interface Section {
  readonly path: string;
  readonly name: MessageId;
  readonly element: ReactElement;
  readonly isShown: boolean;
}

/** In their order; what the user may not do is left out. */
function useSections(): readonly Section[] {
  const can = useCan();
  const hasRules = useRuledAccounts().length > 0;
  const sections: readonly Section[] = [
    { path: "profile", name: "app.menu.profile", element: <Profile />, isShown: true },
    { path: "replies", name: "app.nav.replies", element: <RepliesPage />, isShown: true },
    { path: "team", name: "app.nav.team", element: <TeamPage />, isShown: can("see_people") },
    { path: "labels", name: "labels.title", element: <LabelsPage />, isShown: can("organise") },
    { path: "fields", name: "records.fields", element: <FieldsPage />, isShown: can("define_fields") },
    { path: "views", name: "views.title", element: <ViewsPage />, isShown: can("organise") },
    { path: "rules", name: "rules.title", element: <RulesPage />, isShown: hasRules },
    { path: "targets", name: "targets.title", element: <TargetsPage />, isShown: hasRules },
    { path: "macros", name: "macros.title", element: <MacrosPage />, isShown: can("manage_macros") },
    { path: "keys", name: "app.nav.apiKeys", element: <KeysPage />, isShown: can("manage_keys") },
    { path: "system", name: "system.title", element: <SystemPage />, isShown: can("run_system") },
  ];
  return sections.filter(({ isShown }) => isShown);
}

export function SettingsPage() {
  const sections = useSections();
  const isKnown = useMe().data !== undefined;
  return (
    <Page title={t("app.nav.settings")}>
      <nav className={styles.nav} aria-label={t("app.nav.settings")}>
        {sections.map(({ path, name }) => <Tab key={path} to={`/settings/${path}`}>{t(name)}</Tab>)}
      </nav>
      <Switch>
        {sections.map(({ path, element }) => <Route key={path} path={`/settings/${path}`}>{element}</Route>)}
        <Route>{isKnown ? <Redirect to="/settings/profile" replace /> : null}</Route>
      </Switch>
    </Page>
  );
}

/** The user's account, and the settings of this device. */
function Profile() {
  return (
    <>
      <ProfilePage />
      <NotificationSettings />
      <WritingSettings />
      <KeyboardSettings />
    </>
  );
}

function Tab({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <NavLink className={styles.tab} to={to}>
      {children}
    </NavLink>
  );
}
