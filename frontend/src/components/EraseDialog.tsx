/** Asks, with something to type, before what cannot be brought back: the children say what goes and what stays. */
import { useState, type SyntheticEvent } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Notice } from "./Notice";
import { type Elements } from "./Text";
import { TextField } from "./TextField";
import "./consequences.css";

interface EraseDialogProps {
  readonly title: string;
  /** What to type; blanks and capitals do not matter. */
  readonly confirmation: string;
  /** Why it did not go, in a sentence. */
  readonly problem: string | null;
  readonly isBusy: boolean;
  readonly onErase: () => void;
  readonly onClose: () => void;
  readonly children: Elements;
  readonly testId: string;
}

const plain = (text: string) => text.replace(/\s+/g, "").toLowerCase();

export function EraseDialog({ title, confirmation, problem, isBusy, onErase, onClose, children, testId }: EraseDialogProps) {
  const [typed, setTyped] = useState("");
  const isMeant = plain(typed) === plain(confirmation);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (isMeant) onErase();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="consequences" onSubmit={submit} data-testid={testId}>
        {children}
        <TextField
          label={`Type “${confirmation}” to confirm`}
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
        />
        {problem !== null && <Notice tone="bad">{problem}</Notice>}
        <div className="dialog-actions">
          <Button onClick={onClose}>Keep it</Button>
          <Button
            tone="danger"
            type="submit"
            disabled={!isMeant}
            isBusy={isBusy}
            data-testid={`confirm-${testId}`}
          >
            Erase for good
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
