/** The settings: profile, team, API keys and audit log, each only for users who may see it. */
import type { ReactNode } from "react";
import { NavLink, Navigate, Route, Routes } from "react-router";
import { KeysPage } from "@/features/keys/KeysPage";
import { ProfilePage } from "@/features/session/ProfilePage";
import { TeamPage } from "@/features/team/TeamPage";
import { useCan, useMe } from "@/lib/rights";
import styles from "./settings.module.css";

export function SettingsPage() {
  const can = useCan();
  const isKnown = useMe().data !== undefined;
  return (
    <div className={styles.settings}>
      <header className={styles.head}>
        <h1>Settings</h1>
        <nav className={styles.nav} aria-label="Settings">
          <Tab to="/settings/profile">Profile</Tab>
          {can("see_people") && <Tab to="/settings/team">Team</Tab>}
          {can("manage_keys") && <Tab to="/settings/keys">API keys</Tab>}
        </nav>
      </header>
      <Routes>
        <Route path="profile" element={<ProfilePage />} />
        {can("see_people") && <Route path="team" element={<TeamPage />} />}
        {can("manage_keys") && <Route path="keys" element={<KeysPage />} />}
        <Route path="*" element={isKnown ? <Navigate to="/settings/profile" replace /> : null} />
      </Routes>
    </div>
  );
}

function Tab({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <NavLink className={() => styles.tab} to={to}>
      {children}
    </NavLink>
  );
}
