/** The dialog of a question about status or owner of a chat. */
import type { Chat } from "@/types/wire";
import { ChangedDialog } from "./ChangedDialog";
import { ChoiceDialog } from "./ChoiceDialog";
import type { StateAction } from "@/features/inbox/status/stateActions";
import type { StatusQuestion } from "@/features/inbox/status/statusContext";

interface StatusDialogProps {
  readonly question: StatusQuestion;
  readonly onRun: (chat: Chat, action: StateAction) => void;
  readonly onClose: () => void;
}

export function StatusDialog({ question, onRun, onClose }: StatusDialogProps) {
  const { chat } = question;
  const choose = (action: StateAction) => {
    onClose();
    onRun(chat, action);
  };
  if (question.kind === "changed") return <ChangedDialog question={question} onChoose={choose} onClose={onClose} />;
  return <ChoiceDialog kind={question.kind} chats={[chat]} canNote onChoose={(choice) => choose(choice(chat))} onClose={onClose} />;
}
