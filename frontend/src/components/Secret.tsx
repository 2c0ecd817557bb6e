/** Something that is shown this once, with a way to take it along. */
import { useState } from "react";
import { Button } from "./Button";
import { Icon } from "./Icon";
import { Text } from "./Text";

interface SecretProps {
  readonly value: string;
  readonly testId: string;
}

export function Secret({ value, testId }: SecretProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <div className="secret">
      <code translate="no" data-testid={testId}>{value}</code>
      <Button onClick={copy}>
        <Icon name={isCopied ? "check" : "copy"} size={18} />
        <Text>{isCopied ? "Copied" : "Copy"}</Text>
      </Button>
    </div>
  );
}
