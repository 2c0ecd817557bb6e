/** A secret that is shown only once, with a button to copy it. */
import { useState } from "react";
import { t } from "@/i18n/translate";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { Text } from "./Text";
import styles from "./panels.module.css";

interface SecretProps {
  readonly value: string;
  /** Rejects when copying failed. */
  readonly onCopy: (value: string) => Promise<void>;
  readonly testId: string;
}

const TEXTS = { idle: "app.copy", copied: "app.copied", failed: "app.copyFailed" } as const;

export function Secret({ value, onCopy, testId }: SecretProps) {
  const [state, setState] = useState<keyof typeof TEXTS>("idle");
  const copy = () =>
    void onCopy(value).then(
      () => setState("copied"),
      () => setState("failed"),
    );
  return (
    <div className={styles.secret}>
      <code translate="no" data-testid={testId}>{value}</code>
      <Button onClick={copy}>
        <Icon name={state === "copied" ? "check" : "copy"} size={18} />
        <Text>{t(TEXTS[state])}</Text>
      </Button>
    </div>
  );
}
