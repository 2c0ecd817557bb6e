/** Asks before unsent messages are lost by signing out. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { t } from "@/i18n/translate";

interface SignOutDialogProps {
  readonly count: number;
  readonly onLeave: () => void;
  readonly onCancel: () => void;
}

export function SignOutDialog({ count, onLeave, onCancel }: SignOutDialogProps) {
  return (
    <Dialog title={t("app.signOut.title")} onClose={onCancel}>
      <p>{t("app.signOut.unsent", { count })}</p>
      <DialogButtons>
        <Button onClick={onCancel}>{t("app.cancel")}</Button>
        <Button tone="danger" onClick={onLeave} data-testid="logout-anyway">
          {t("app.signOut.discard")}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
