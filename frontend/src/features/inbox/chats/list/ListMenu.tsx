/** The button for the settings of the list: status, order, whose chats, and the height of the rows. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";

const ListMenuItems = lazyPart(async () => (await import("./ListMenuItems")).ListMenuItems);

export function ListMenu() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        label={t("chats.options")}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)}
        data-testid="list-menu"
      >
        <Icon name="filter" />
      </IconButton>
      {anchor !== null && <ListMenuItems anchor={anchor} onClose={() => setAnchor(null)} />}
    </>
  );
}
