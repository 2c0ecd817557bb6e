/** What the menu of a row offers at once for status and owner: take, close, reopen. In the thread these are buttons. */
import { MenuItem } from "@/components/Menu";
import { t } from "@/i18n/translate";
import { useMe } from "@/lib/rights";
import type { Chat } from "@/types/wire";
import { close, reopen, take } from "@/features/inbox/status/stateActions";
import { useStatusActions } from "@/features/inbox/status/statusContext";

interface RowStateItemsProps {
  readonly chat: Chat;
  readonly onClose: () => void;
}

export function RowStateItems({ chat, onClose }: RowStateItemsProps) {
  const { run } = useStatusActions();
  const user = useMe().data?.user;
  const isClosed = chat.status === "closed";
  if (chat.kind === "channel" || user === undefined) return null;
  const choose = (action: Parameters<typeof run>[1]) => () => {
    onClose();
    run(chat, action);
  };
  return (
    <>
      {chat.assignee?.id !== user.id && (
        <MenuItem icon="take" keys="I" onSelect={choose(take(user, chat))} testId="row-take">
          {t("commands.name.take")}
        </MenuItem>
      )}
      <MenuItem icon={isClosed ? "reopen" : "done"} keys="E" onSelect={choose(isClosed ? reopen() : close())} testId="row-finish">
        {t(isClosed ? "status.reopen" : "status.close")}
      </MenuItem>
    </>
  );
}
