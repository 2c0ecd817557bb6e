/** Opens the browser's file chooser. */
import { useRef } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { Tray } from "./tray";
import composerStyles from "@/features/inbox/composer/composer.module.css";

export function TrayButton({ tray }: { readonly tray: Tray }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={t("composer.files.attach")} className={composerStyles.tool} onClick={() => input.current?.click()} data-testid="composer-attach">
        <Icon name="clip" />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("composer.files.input")}
        onChange={(event) => {
          tray.add(event.target.files ?? []);
          // So that the same file can be picked again.
          event.target.value = "";
        }}
        data-testid="composer-files"
      />
    </>
  );
}
