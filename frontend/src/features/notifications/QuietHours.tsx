/** The hours in which this device makes no sound. */
import { CheckBox } from "@/components/CheckBox";
import { TextField } from "@/components/TextField";
import { t } from "@/i18n/translate";
import { chooseQuietHours, isTime, useQuietHours, type QuietHours as Hours } from "@/lib/notifications/quietHours";
import styles from "./bell.module.css";

export function QuietHours() {
  const hours = useQuietHours();
  return (
    <div className={styles.quiet} role="group" aria-label={t("notifications.quiet")}>
      <CheckBox
        checked={hours.isOn}
        onChange={({ target }) => chooseQuietHours({ ...hours, isOn: target.checked })}
        detail={t("notifications.quiet.detail")}
        data-testid="quiet-hours"
      >
        {t("notifications.quiet")}
      </CheckBox>
      {hours.isOn && (
        <div className={styles.span}>
          <TimeField hours={hours} end="from" />
          <TimeField hours={hours} end="to" />
        </div>
      )}
    </div>
  );
}

function TimeField({ hours, end }: { readonly hours: Hours; readonly end: "from" | "to" }) {
  // A field that is emptied on the way to another time changes nothing.
  const choose = (time: string) => isTime(time) && chooseQuietHours({ ...hours, [end]: time });
  return <TextField type="time" label={t(`notifications.quiet.${end}`)} required value={hours[end]} onChange={({ target }) => choose(target.value)} data-testid={`quiet-${end}`} />;
}
