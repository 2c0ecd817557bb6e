/** A dialog with a field and the list that it filters: the command palette, and choices among many. */
import { Command as Box } from "cmdk";
import { useEffect, useRef, type KeyboardEvent, type ReactElement, type RefObject } from "react";
import { t } from "@/i18n/translate";
import { IconButton } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { Text, type Elements } from "@/components/Text";
import styles from "./palette.module.css";

/** As long as the names allow. */
const MAX_CHARACTERS = 100;

interface PaletteBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** How well an item matches the text: 0 hides it. */
  readonly filter: (value: string, text: string, keywords?: string[]) => number;
  /** Shown when nothing matches. */
  readonly empty: string;
  /** Items are still to come: an Enter that finds none chooses as soon as they are there. */
  readonly isLoading?: boolean;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** Below the list. */
  readonly foot?: ReactElement;
  readonly onClose: () => void;
  /** Groups of items. */
  readonly children: Elements;
}

/** Remembers an Enter that came before the items, and presses the key once they are there. */
function useEarlyEnter(input: RefObject<HTMLInputElement | null>, isLoading: boolean) {
  const early = useRef(false);
  useEffect(() => {
    if (isLoading || !early.current) return undefined;
    // The list selects its first item after this render; more items may be asked for before that.
    const timer = setTimeout(() => {
      early.current = false;
      input.current?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
    return () => clearTimeout(timer);
  }, [input, isLoading]);
  return {
    note: ({ key, nativeEvent, currentTarget }: KeyboardEvent) => {
      const isTaken = currentTarget.querySelector("[cmdk-item][aria-selected='true']") !== null;
      early.current = isLoading && !isTaken && key === "Enter" && !nativeEvent.isComposing;
    },
  };
}

export function PaletteBox({ label, placeholder, text, onChange, filter, empty, isLoading = false, onKeyDown, foot, onClose, children }: PaletteBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  const early = useEarlyEnter(input, isLoading);
  const press = (event: KeyboardEvent) => {
    early.note(event);
    onKeyDown?.(event);
  };
  // cmdk's box takes the focus when the dialog opens.
  useEffect(() => input.current?.focus(), []);
  return (
    <Dialog title={label} variant="palette" onClose={onClose}>
      <Box className={styles.palette} label={label} loop vimBindings={false} filter={filter} onKeyDown={press} data-testid="palette">
        <div className={styles.field}>
          <Icon name="search" />
          <Box.Input ref={input} className={styles.input} value={text} onValueChange={onChange} placeholder={placeholder} maxLength={MAX_CHARACTERS} data-testid="palette-input" />
          <IconButton label={t("app.close")} keys="Esc" onClick={onClose}>
            <Icon name="close" />
          </IconButton>
        </div>
        <Box.List className={styles.list} label={label}>
          <Box.Empty>
            <PaletteNote>{empty}</PaletteNote>
          </Box.Empty>
          {children}
        </Box.List>
        {foot}
      </Box>
    </Dialog>
  );
}

/** A sentence in the place of items. */
export function PaletteNote({ children }: { readonly children: string }) {
  return (
    <div className={styles.empty} role="option" aria-selected="false" aria-disabled="true" tabIndex={-1}>
      <Text>{children}</Text>
    </div>
  );
}
