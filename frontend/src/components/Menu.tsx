/** Menu items, and the button that opens a menu. */
import { useState, type ReactNode } from "react";
import { IconButton } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Keys, ariaKeys } from "./Keys";
import { Popover } from "./Popover";
import { classes } from "./classes";
import styles from "./menu.module.css";

interface MenuItemProps {
  readonly icon: IconName;
  readonly tone?: "plain" | "danger";
  readonly onSelect: () => void;
  /** The current value, at the end of the line. */
  readonly detail?: string;
  /** The keys of its shortcut, separated by spaces: "Ctrl K". */
  readonly keys?: string | undefined;
  readonly testId?: string;
  readonly children: ReactNode;
}

export function MenuItem({ icon, tone = "plain", onSelect, detail, keys, testId, children }: MenuItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      aria-keyshortcuts={keys === undefined ? undefined : ariaKeys(keys)}
      className={classes(styles.item, styles[tone])}
      onClick={onSelect}
      data-testid={testId}
    >
      <Icon name={icon} size={18} />
      <span className={styles.words}>{children}</span>
      {detail !== undefined && <span className={styles.detail}>{detail}</span>}
      {keys !== undefined && <Keys keys={keys} />}
    </button>
  );
}

interface MenuChoiceProps {
  readonly isChosen: boolean;
  /** The language of the text. */
  readonly lang?: string;
  /** At the end of the line. */
  readonly detail?: ReactNode;
  readonly onSelect: () => void;
  readonly children: string;
}

/** One of several values; the chosen one has a check mark. */
export function MenuChoice({ isChosen, lang, detail, onSelect, children }: MenuChoiceProps) {
  return (
    <button type="button" role="menuitemradio" aria-checked={isChosen} tabIndex={-1} className={styles.item} lang={lang} onClick={onSelect}>
      <span className={styles.mark}>{isChosen && <Icon name="check" size={18} />}</span>
      <span className={styles.words}>{children}</span>
      {detail !== undefined && <span className={styles.values}>{detail}</span>}
    </button>
  );
}

export function MenuLine() {
  return <hr className={styles.line} />;
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
