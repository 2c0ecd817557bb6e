/** The user: who is signed in, the theme, the language, the profile, and signing out. */
import { useState } from "react";
import { Avatar } from "@/components/Avatar";
import { Tooltip } from "@/components/Tooltip";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import { useMe } from "@/lib/rights";
import type { User } from "@/types/wire";
import { SignOutDialog, useSignOut } from "./signOut";
import type { UserMenuProps } from "./UserMenuContents";
import railStyles from "./rail.module.css";

const UserMenuContents = lazyPart(async () => (await import("./UserMenuContents")).UserMenuContents);

export function UserMenu({ user: signedIn, numbers, usage }: UserMenuProps) {
  const user = useMe().data?.user ?? signedIn;
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const signOut = useSignOut();
  const close = () => setAnchor(null);
  const leave = () => {
    close();
    signOut.ask();
  };
  return (
    <>
      <UserButton user={user} isOpen={anchor !== null} onPress={(button) => setAnchor(anchor === null ? button : null)} />
      {anchor !== null && <UserMenuContents user={user} numbers={numbers} usage={usage} anchor={anchor} onSignOut={leave} onClose={close} />}
      {signOut.unsent > 0 && <SignOutDialog count={signOut.unsent} onLeave={signOut.leave} onCancel={signOut.cancel} />}
    </>
  );
}

interface UserButtonProps {
  readonly user: User;
  readonly isOpen: boolean;
  readonly onPress: (button: HTMLElement) => void;
}

function UserButton({ user, isOpen, onPress }: UserButtonProps) {
  return (
    <Tooltip text={user.name} detail={user.email} side="beside">
      <button
        type="button"
        className={classes(railStyles.item, railStyles.user)}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={(event) => onPress(event.currentTarget)}
        data-testid="user-menu"
      >
        <Avatar name={user.name} size="small" />
        <span className={railStyles.label}>{t("app.menu.short")}</span>
        <span className="visually-hidden">{t("app.menu.signedInAs", { name: user.name })}</span>
      </button>
    </Tooltip>
  );
}
