/** The items of the user menu. */
import { useState } from "react";
import { Avatar } from "@/components/Avatar";
import { Icon, type IconName } from "@/components/Icon";
import { MenuItem, MenuLine } from "@/components/Menu";
import { Segment, Segments } from "@/components/Segments";
import { Exact } from "@/components/Text";
import type { MessageId } from "@/i18n/ids";
import { chosenLanguage, LANGUAGES, type Language } from "@/i18n/languages";
import { i18n, t } from "@/i18n/translate";
import { useConfig } from "@/lib/config";
import { useCharacterKeys, useCommandRegistry } from "@/lib/commands/context";
import { printKeys } from "@/lib/commands/describe";
import { KEY_MAP } from "@/lib/commands/map";
import { isCharacter } from "@/lib/commands/press";
import { useCan } from "@/lib/rights";
import { nameRole } from "@/lib/roles";
import { chooseTheme, chosenTheme, THEMES, type Theme } from "@/lib/theme";
import type { User } from "@/types/wire";
import { AwayItem } from "./AwayItem";
import type { Health } from "./health";
import styles from "./user-menu.module.css";

/** Where the rail's tooltips do not say how the numbers and the plan are. */
const NO_TOOLTIPS = "(width <= 40rem), (hover: none)";

interface UserMenuItemsProps {
  readonly user: User;
  readonly numbers: Health | undefined;
  readonly usage: Health | undefined;
  readonly onOpen: (path: string) => void;
  readonly onClose: () => void;
  readonly onLanguage: () => void;
  readonly onSignOut: () => void;
}

export function UserMenuItems({ user, numbers, usage, onOpen, onClose, onLanguage, onSignOut }: UserMenuItemsProps) {
  const language = LANGUAGES[chosenLanguage() ?? (i18n.locale as Language)];
  return (
    <>
      <WhoIAm user={user} />
      {window.matchMedia(NO_TOOLTIPS).matches && <Status numbers={numbers} usage={usage} onOpen={onOpen} />}
      <ThemeChoice />
      <MenuItem icon="language" onSelect={onLanguage} detail={language} testId="menu-language">
        {t("app.menu.language")}
      </MenuItem>
      <CommandItem id="app.palette" icon="command" onClose={onClose} />
      <CommandItem id="app.help" icon="keyboard" onClose={onClose} />
      <AwayItem onClose={onClose} />
      <MenuItem icon="person" onSelect={() => onOpen("/settings/profile")}>
        {t("app.menu.profile")}
      </MenuItem>
      <MenuLine />
      <MenuItem icon="logout" onSelect={onSignOut} testId="logout">
        {t("app.menu.signOut")}
      </MenuItem>
      <Version />
    </>
  );
}

/** What runs on the server, for who reports a problem. */
function Version() {
  const version = useConfig().data?.version;
  if (version === undefined) return null;
  return <p className={styles.version} data-testid="version"><Exact>{`Confab ${version}`}</Exact></p>;
}

interface CommandItemProps {
  readonly id: "app.palette" | "app.help";
  readonly icon: IconName;
  readonly onClose: () => void;
}

/** What also has a key, for the mouse. */
function CommandItem({ id, icon, onClose }: CommandItemProps) {
  const registry = useCommandRegistry();
  const [hasCharacterKeys] = useCharacterKeys();
  const { keys: [key = ""], label } = KEY_MAP[id];
  const run = () => {
    onClose();
    registry.run(id);
  };
  return (
    <MenuItem icon={icon} onSelect={run} keys={hasCharacterKeys || !isCharacter(key) ? printKeys(key) : undefined} testId={`menu-${id}`}>
      {t(label)}
    </MenuItem>
  );
}

function Status({ numbers, usage, onOpen }: Pick<UserMenuItemsProps, "numbers" | "usage" | "onOpen">) {
  const can = useCan();
  return (
    <>
      <MenuItem icon="people" onSelect={() => onOpen("/contacts")}>{t("app.nav.contacts")}</MenuItem>
      {numbers !== undefined && <MenuItem icon="phone" onSelect={() => onOpen("/connections")}>{numbers.text}</MenuItem>}
      {usage !== undefined && <MenuItem icon="chart" onSelect={() => onOpen("/usage")}>{usage.text}</MenuItem>}
      <MenuItem icon="history" onSelect={() => onOpen("/planned")}>{t("app.nav.planned")}</MenuItem>
      <MenuItem icon="star" onSelect={() => onOpen("/ratings")}>{t("app.nav.ratings")}</MenuItem>
      {can("see_reports") && <MenuItem icon="reports" onSelect={() => onOpen("/reports")}>{t("app.nav.reports")}</MenuItem>}
      {can("see_audit") && <MenuItem icon="audit" onSelect={() => onOpen("/audit")}>{t("app.nav.audit")}</MenuItem>}
      <MenuLine />
    </>
  );
}

function WhoIAm({ user }: { readonly user: User }) {
  return (
    <div className={styles.user}>
      <Avatar name={user.name} />
      <div className={styles.words}>
        <strong className={styles.name}><Exact>{user.name}</Exact></strong>
        <span className={styles.email}><Exact>{user.email}</Exact></span>
        <span className={styles.role} data-testid="user-role">{nameRole(user.role)}</span>
      </div>
    </div>
  );
}

const LOOKS: Readonly<Record<Theme, readonly [IconName, MessageId]>> = {
  system: ["system", "app.theme.system"],
  light: ["sun", "app.theme.light"],
  dark: ["moon", "app.theme.dark"],
};

function ThemeChoice() {
  const [theme, setTheme] = useState(chosenTheme);
  const choose = (chosen: Theme) => {
    chooseTheme(chosen);
    setTheme(chosen);
  };
  return (
    <Segments role="group" label={t("app.theme.label")} className={styles.themes}>
      {THEMES.map((name) => (
        <Segment key={name} role="menuitemradio" isChosen={name === theme} tabIndex={-1} onClick={() => choose(name)} data-testid={`theme-${name}`}>
          <Icon name={LOOKS[name][0]} size={16} />
          <span>{t(LOOKS[name][1])}</span>
        </Segment>
      ))}
    </Segments>
  );
}
