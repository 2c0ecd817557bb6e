/** The settings of the composer, kept on this device. */
import { Select } from "@/components/Select";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { chooseSendKey, useSendKey } from "@/lib/sendKey";
import styles from "@/components/panels.module.css";

export function WritingSettings() {
  const sendKey = useSendKey();
  return (
    <section className={styles.panel} aria-labelledby="writing-title">
      <h2 id="writing-title">{t("composer.setting.title")}</h2>
      <Select
        label={t("composer.setting.sendKey")}
        value={sendKey}
        onChange={(event) => chooseSendKey(event.target.value === "ctrlEnter" ? "ctrlEnter" : "enter")}
        data-testid="send-key"
      >
        <option value="enter">{t("composer.setting.enter")}</option>
        <option value="ctrlEnter">{t("composer.setting.ctrlEnter")}</option>
      </Select>
      <p className="muted">
        <Text>{t(sendKey === "enter" ? "composer.setting.enterHint" : "composer.setting.ctrlEnterHint")}</Text>{" "}
        <Text>{t("composer.setting.device")}</Text>
      </p>
    </section>
  );
}
