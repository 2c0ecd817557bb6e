/** Menu items, and the button that opens a menu. */
import { useState, type ReactNode } from "react";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Popover } from "./Popover";
import { classes } from "./classes";
import buttonStyles from "./button.module.css";
import styles from "./menu.module.css";

interface MenuItemProps {
  readonly icon: IconName;
  readonly tone?: "plain" | "danger";
  readonly onSelect: () => void;
  readonly testId?: string;
  readonly children: ReactNode;
}

export function MenuItem({ icon, tone = "plain", onSelect, testId, children }: MenuItemProps) {
  return (
    <button type="button" role="menuitem" tabIndex={-1} className={classes(styles.item, styles[tone])} onClick={onSelect} data-testid={testId}>
      <Icon name={icon} size={18} />
      <span className={buttonStyles.words}>{children}</span>
    </button>
  );
}

interface MenuButtonProps {
  readonly label: string;
  readonly icon: IconName;
  readonly testId: string;
  /** The items; each has to close the menu when it is chosen. */
  readonly children: (close: () => void) => ReactNode;
}

export function MenuButton({ label, icon, testId, children }: MenuButtonProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  return (
    <>
      <IconButton
        label={label}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid={testId}
      >
        <Icon name={icon} />
      </IconButton>
      {anchor !== null && (
        <Popover anchor={anchor} label={label} onClose={close}>
          {children(close)}
        </Popover>
      )}
    </>
  );
}
