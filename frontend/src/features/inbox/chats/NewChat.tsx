/** Opens the dialog that starts a chat. */
import { useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { LoadingDialog } from "@/components/LoadingDialog";
import { t } from "@/i18n/translate";
import { LateCommand } from "@/lib/commands/LateCommand";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";
import type { Account } from "@/types/wire";

export const NewChatDialog = lazyPart(async () => (await import("./NewChatDialog")).NewChatDialog, { Waiting: LoadingDialog });

interface NewChatProps {
  readonly accounts: readonly Account[];
  readonly selected: number | null;
}

export function NewChat({ accounts, selected }: NewChatProps) {
  const [isOpen, setOpen] = useState(false);
  const can = useCan();
  const own = accounts.filter((account) => can("send", account) && account.phone !== null);
  if (own.length === 0) return null;
  return (
    <>
      <LateCommand id="list.newChat" onRun={() => setOpen(true)} />
      <IconButton label={t("chats.new")} onClick={() => setOpen(true)} data-testid="new-chat">
        <Icon name="compose" />
      </IconButton>
      {isOpen && <NewChatDialog accounts={own} selected={selected} to="" onClose={() => setOpen(false)} />}
    </>
  );
}
