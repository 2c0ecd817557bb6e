/** A dialog whose content is not loaded yet: it takes the keys meanwhile. */
import { t } from "@/i18n/translate";
import { Dialog } from "./Dialog";
import { Loading } from "./States";

export function LoadingDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t("app.loading")} onClose={onClose}>
      <Loading label={t("app.loading")}>
        <span />
      </Loading>
    </Dialog>
  );
}
