/** Linking without a camera: the phone number first, then a code to type on that phone. */
import { useState, type SyntheticEvent } from "react";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { Text, type Elements } from "@/components/Text";
import { TextField } from "@/components/TextField";
import { Translated } from "@/i18n/Translated";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import { fieldProblem } from "@/lib/api/fieldProblem";
import { PHONE_EXAMPLE, readPhone } from "@/lib/phone";
import { Countdown } from "./Countdown";
import { useCountdown } from "./countdown";
import { TestPhone } from "./TestPhone";
import type { useConnecting } from "./useConnecting";
import { classes } from "@/components/classes";
import styles from "./scan.module.css";

interface TypeCodeProps {
  readonly attempt: ReturnType<typeof useConnecting>;
  readonly phone: string;
}

export function TypeCode({ attempt: { ask, shown }, phone: knownPhone }: TypeCodeProps) {
  const [phone, setPhone] = useState(knownPhone);
  const checkpoint = shown?.checkpoint?.type === "code" ? shown.checkpoint : null;
  const error = ask.error !== null && <Notice tone="bad">{fieldProblem(ask.error, "phone_number") ?? describeError(ask.error)}</Notice>;
  if (checkpoint === null) {
    return (
      <PhoneForm
        phone={phone}
        isBusy={ask.isPending}
        onPhone={(chosen) => {
          setPhone(chosen);
          ask.mutate({ phone: chosen });
        }}
      >
        {error}
      </PhoneForm>
    );
  }
  return (
    <div className={styles.scan}>
      {error}
      <Typed
        key={checkpoint.code}
        code={checkpoint.code}
        expiresAt={checkpoint.expires_at}
        isBusy={ask.isPending}
        onNewCode={() => ask.mutate({ phone, again: true })}
      />
      <Steps phone={phone} />
      <TestPhone accountId={shown?.account.id ?? null} />
    </div>
  );
}

function Steps({ phone }: { readonly phone: string }) {
  return (
    <ol className={styles.steps}>
      <li>
        <Translated id="numbers.type.open" values={{ phone }} components={{ b: <bdi translate="no" /> }} />
      </li>
      <li>
        <Translated id="numbers.type.link" components={{ b: <strong /> }} />
      </li>
      <li>{t("numbers.type.code")}</li>
    </ol>
  );
}

interface PhoneFormProps {
  readonly phone: string;
  readonly isBusy: boolean;
  readonly onPhone: (phone: string) => void;
  readonly children: Elements;
}

function PhoneForm({ phone, isBusy, onPhone, children }: PhoneFormProps) {
  const [text, setText] = useState(phone);
  const [isRejected, setRejected] = useState(false);
  function submit(event: SyntheticEvent) {
    event.preventDefault();
    const chosen = readPhone(text);
    setRejected(chosen === null);
    if (chosen !== null) onPhone(chosen);
  }
  const hint = t("numbers.type.hint", { example: PHONE_EXAMPLE });
  const isWrong = isRejected && readPhone(text) === null;
  return (
    <form className={styles.scan} onSubmit={submit}>
      {children}
      <TextField
        label={t("numbers.type.phone")}
        type="tel"
        autoComplete="tel"
        placeholder={PHONE_EXAMPLE}
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-invalid={isWrong}
        data-testid="connect-phone"
      />
      {isWrong ? <Notice tone="bad">{hint}</Notice> : <p className={styles.note}>{hint}</p>}
      <Button type="submit" tone="primary" isBusy={isBusy} data-testid="connect-get-code">
        <Text>{t("numbers.type.get")}</Text>
      </Button>
    </form>
  );
}

interface TypedProps {
  readonly code: string;
  readonly expiresAt: string;
  readonly isBusy: boolean;
  readonly onNewCode: () => void;
}

function Typed({ code, expiresAt, isBusy, onNewCode }: TypedProps) {
  const isOver = useCountdown(expiresAt) === 0;
  return (
    <div className={styles.code}>
      <p className={classes(styles.letters, isOver && styles.lettersOver)} data-testid="connect-code">
        {code}
      </p>
      <Countdown expiresAt={expiresAt} isBusy={isBusy} onNewCode={onNewCode} />
    </div>
  );
}
