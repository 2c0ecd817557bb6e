/** The item of the user menu to go away, and to be back. */
import { MenuItem } from "@/components/Menu";
import { useToasts } from "@/components/Toast";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { useAvailability } from "@/lib/availability";
import { useCan } from "@/lib/rights";

export function AwayItem({ onClose }: { readonly onClose: () => void }) {
  const { awaySince, setAway } = useAvailability();
  const toasts = useToasts();
  const isAway = awaySince !== null;
  // Who cannot answer has no chats to give back.
  if (!useCan()("send") || awaySince === undefined) return null;
  const change = () => {
    onClose();
    setAway(!isAway, {
      onSuccess: () => toasts.show({ text: t(isAway ? "app.away.isBack" : "app.away.isAway") }),
      onError: (error) => toasts.show({ text: describeError(error) }),
    });
  };
  return (
    <MenuItem icon={isAway ? "take" : "snooze"} onSelect={change} {...(isAway ? {} : { detail: t("app.away.detail") })} testId="menu-away">
      {t(isAway ? "app.away.back" : "app.away.go")}
    </MenuItem>
  );
}
