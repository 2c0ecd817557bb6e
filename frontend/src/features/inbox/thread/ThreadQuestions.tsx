/** Confirms actions that cannot be undone. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { t } from "@/i18n/translate";
import type { Question } from "./bubble/intent";

interface ThreadQuestionProps {
  readonly question: Question;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

const TEXTS = {
  delete: { title: "messages.delete.title", text: "messages.delete.text", yes: "app.delete", tone: "danger" },
  retry: { title: "messages.resend.title", text: "messages.resend.text", yes: "messages.resend.yes", tone: "primary" },
} as const;

export function ThreadQuestion({ question, onYes, onClose }: ThreadQuestionProps) {
  const texts = TEXTS[question.kind];
  const confirm = () => {
    onClose();
    onYes();
  };
  return (
    <Dialog title={t(texts.title)} onClose={onClose}>
      <p>{t(texts.text)}</p>
      <DialogButtons>
        <Button onClick={onClose}>{t("app.cancel")}</Button>
        <Button tone={texts.tone} onClick={confirm} data-testid={`confirm-${question.kind}`}>
          {t(texts.yes)}
        </Button>
      </DialogButtons>
    </Dialog>
  );
}
