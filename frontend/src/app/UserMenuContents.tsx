/** What opens at the button of the user: the menu, or the languages in its place. */
import { useState } from "react";
import { useNavigate } from "@/lib/navigation";
import { Popover } from "@/components/Popover";
import { t } from "@/i18n/translate";
import type { User } from "@/types/wire";
import type { Health } from "./health";
import { LanguageMenu } from "./LanguageMenu";
import { UserMenuItems } from "./UserMenuItems";

/** As in the stylesheets. */
const PHONE = "(width <= 40rem)";

export interface UserMenuProps {
  readonly user: User;
  readonly numbers: Health | undefined;
  readonly usage: Health | undefined;
}

interface UserMenuContentsProps extends UserMenuProps {
  readonly anchor: HTMLElement;
  readonly onSignOut: () => void;
  readonly onClose: () => void;
}

export function UserMenuContents({ user, numbers, usage, anchor, onSignOut, onClose }: UserMenuContentsProps) {
  const [isLanguage, setLanguage] = useState(false);
  const navigate = useNavigate();
  const open = (path: string) => {
    onClose();
    navigate(path);
  };
  const side = window.matchMedia(PHONE).matches ? "above" : "beside";
  return (
    <Popover key={String(isLanguage)} anchor={anchor} label={t("app.menu.signedInAs", { name: user.name })} side={side} onClose={onClose}>
      {isLanguage ? (
        <LanguageMenu onDone={onClose} />
      ) : (
        <UserMenuItems user={user} numbers={numbers} usage={usage} onOpen={open} onClose={onClose} onLanguage={() => setLanguage(true)} onSignOut={onSignOut} />
      )}
    </Popover>
  );
}
