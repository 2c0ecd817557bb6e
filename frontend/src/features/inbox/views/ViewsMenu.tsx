/** The saved views with their counts, and what to do with them. */
import { useNavigate } from "@/lib/navigation";
import { MenuItem, MenuLine } from "@/components/Menu";
import { Popover } from "@/components/Popover";
import { t } from "@/i18n/translate";
import type { ViewCount } from "@/types/wire";
import { addressOf } from "./viewAddress";
import { useViewCounts, useViews } from "./viewQueries";

interface ViewsMenuProps {
  readonly anchor: HTMLElement;
  readonly onSave: () => void;
  readonly onClose: () => void;
}

const describe = (count: ViewCount | undefined): string => (count === undefined ? "" : `${count.chats}${count.more ? "+" : ""}`);

export function ViewsMenu({ anchor, onSave, onClose }: ViewsMenuProps) {
  const navigate = useNavigate();
  const views = useViews().data ?? [];
  const counts = useViewCounts().data;
  const choose = (run: () => void) => () => {
    onClose();
    run();
  };
  return (
    <Popover anchor={anchor} label={t("views.title")} onClose={onClose}>
      {views.map((view) => (
        <MenuItem
          key={view.id}
          icon={view.shared ? "people" : "person"}
          detail={describe(counts?.find(({ view_id }) => view_id === view.id))}
          onSelect={choose(() => navigate({ pathname: "/inbox", search: addressOf(view.query) }))}
          testId="view-item"
        >
          <span translate="no">{view.name}</span>
        </MenuItem>
      ))}
      {views.length > 0 && <MenuLine />}
      <MenuItem icon="plus" onSelect={choose(onSave)} testId="view-save">
        {t("views.save")}
      </MenuItem>
      <MenuItem icon="settings" onSelect={choose(() => navigate("/settings/views"))} testId="view-manage">
        {t("views.manage")}
      </MenuItem>
    </Popover>
  );
}
