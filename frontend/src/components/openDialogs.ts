/** The modal dialogs that are open, the topmost last: what shows above everything is rendered in it. */

let open: readonly HTMLDialogElement[] = [];
const listeners = new Set<() => void>();

function change(next: readonly HTMLDialogElement[]): void {
  open = next;
  for (const listener of listeners) listener();
}

/** Opens it as a modal; returns how to close it. */
export function openModal(dialog: HTMLDialogElement): () => void {
  if (!dialog.open) dialog.showModal();
  change([...open, dialog]);
  return () => {
    dialog.close();
    change(open.filter((other) => other !== dialog));
  };
}

export function subscribeDialogs(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const topDialog = (): HTMLDialogElement | null => open.at(-1) ?? null;
