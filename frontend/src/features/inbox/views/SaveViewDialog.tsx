/** Saves what the list shows now under a name. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SyntheticEvent } from "react";
import { useLocation } from "@/lib/navigation";
import { Button } from "@/components/Button";
import { CheckBox } from "@/components/CheckBox";
import { Dialog } from "@/components/Dialog";
import { DialogButtons } from "@/components/DialogButtons";
import { Notice } from "@/components/Notice";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useListQuery } from "@/features/inbox/chats/query/useListQuery";
import { idsOf } from "./ids";
import { viewOf } from "./viewAddress";
import { refreshViews } from "./viewQueries";
import styles from "./save-view.module.css";

const NAME_LENGTH = 60;

export function SaveViewDialog({ onClose }: { readonly onClose: () => void }) {
  const api = useApi();
  const client = useQueryClient();
  const query = useListQuery();
  const { search } = useLocation();
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const [mentioned, setMentioned] = useState(query.mentioned);
  const save = useMutation({
    mutationFn: () => api.createView({ name: name.trim(), query: viewOf({ ...query, mentioned }, idsOf(new URLSearchParams(search).get("account"))), shared }),
    onSuccess: () => {
      refreshViews(client);
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog title={t("views.save")} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <TextField label={t("views.name")} required maxLength={NAME_LENGTH} value={name} onChange={(event) => setName(event.target.value)} data-testid="view-name" />
        <CheckBox checked={mentioned} detail={t("views.mentionedDetail")} onChange={(event) => setMentioned(event.target.checked)} data-testid="view-mentioned">
          {t("views.mentioned")}
        </CheckBox>
        <CheckBox checked={shared} onChange={(event) => setShared(event.target.checked)}>
          {t("views.share")}
        </CheckBox>
        <DialogButtons>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button type="submit" tone="primary" disabled={name.trim() === ""} isBusy={save.isPending} data-testid="view-submit">
            {t("views.submit")}
          </Button>
        </DialogButtons>
      </form>
      {save.isError && <Notice tone="bad">{describeError(save.error)}</Notice>}
    </Dialog>
  );
}
