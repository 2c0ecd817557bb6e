/** The button for the saved views of the list. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";

const ViewsMenu = lazyPart(async () => (await import("./ViewsMenu")).ViewsMenu);
const SaveViewDialog = lazyPart(async () => (await import("./SaveViewDialog")).SaveViewDialog);

export function ViewsButton() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [isSaving, setSaving] = useState(false);
  const can = useCan();
  if (!can("organise")) return null;
  return (
    <>
      <IconButton label={t("views.title")} aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(event) => setAnchor(anchor === null ? event.currentTarget : null)} data-testid="views">
        <Icon name="view" />
      </IconButton>
      {anchor !== null && <ViewsMenu anchor={anchor} onSave={() => setSaving(true)} onClose={() => setAnchor(null)} />}
      {isSaving && <SaveViewDialog onClose={() => setSaving(false)} />}
    </>
  );
}
