/** Confirms actions that cannot be undone. */
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import type { Question } from "./intent";
import styles from "@/components/dialog.module.css";

interface ThreadQuestionProps {
  readonly question: Question;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

const TEXTS = {
  delete: {
    title: "Delete this message for everyone?",
    text: "It disappears here and on the phones of everyone in the chat. They can see that something was deleted.",
    no: "Keep it",
    yes: "Delete",
    tone: "danger",
  },
  retry: {
    title: "Send this message again?",
    text: "It may already have been sent: WhatsApp did not confirm it. If it was, your contact gets it twice.",
    no: "Wait",
    yes: "Send again",
    tone: "primary",
  },
} as const;

export function ThreadQuestion({ question, onYes, onClose }: ThreadQuestionProps) {
  const texts = TEXTS[question.kind];
  const confirm = () => {
    onClose();
    onYes();
  };
  return (
    <Dialog title={texts.title} onClose={onClose}>
      <p>{texts.text}</p>
      <div className={styles.actions}>
        <Button onClick={onClose}>{texts.no}</Button>
        <Button tone={texts.tone} onClick={confirm} data-testid={`confirm-${question.kind}`}>
          {texts.yes}
        </Button>
      </div>
    </Dialog>
  );
}
