/** WhatsApp's formatting for the selected text. Each button shows its key. */
import { useState, type RefObject } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { FORMAT_KEYS, FORMATS, type Format } from "@/lib/formatKeys";
import styles from "./composer.module.css";

function shortcut(format: Format): string {
  const { key, shiftKey } = FORMAT_KEYS[format];
  return ["Ctrl", ...(shiftKey ? ["Shift"] : []), key.toUpperCase()].join("+");
}

interface FormatBarProps {
  readonly editor: { readonly selection: readonly [number, number]; readonly format: (format: Format) => void };
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function FormatBar({ editor, field }: FormatBarProps) {
  const [hasFocus, setFocus] = useState(false);
  const [start, end] = editor.selection;
  const isShown = start !== end && (hasFocus || field.current === document.activeElement);
  if (!isShown) return null;
  return (
    <div
      className={styles.formats}
      role="toolbar"
      aria-label={t("composer.format.bar")}
      onFocus={() => setFocus(true)}
      onBlur={() => setFocus(false)}
      data-testid="format-bar"
    >
      {FORMATS.map((format) => (
        <IconButton
          key={format}
          label={`${t(`composer.format.${format}`)} (${shortcut(format)})`}
          aria-keyshortcuts={shortcut(format).replace("Ctrl", "Control")}
          // The field keeps the focus and the selection.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => editor.format(format)}
        >
          <Icon name={format} size={16} />
        </IconButton>
      ))}
    </div>
  );
}
