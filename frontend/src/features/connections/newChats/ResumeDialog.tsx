/** Confirms before an account starts new chats again, although WhatsApp has restricted them. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { Account } from "@/types/wire";

interface ResumeDialogProps {
  readonly account: Account;
  readonly onClose: () => void;
}

export function ResumeDialog({ account, onClose }: ResumeDialogProps) {
  const api = useApi();
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () => api.resumeNewChats(account.id),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ACCOUNTS_KEY });
      onClose();
    },
  });
  return (
    <Dialog title={t("newChats.resume.title")} onClose={onClose}>
      <p>{t("newChats.resume.text")}</p>
      {resume.error !== null && <Notice tone="bad">{describeError(resume.error)}</Notice>}
      <DialogButtons>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button tone="danger" isBusy={resume.isPending} onClick={() => resume.mutate()} data-testid="confirm-resume">
          {t("newChats.resume.confirm")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
