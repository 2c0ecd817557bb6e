/** A QR code as vector squares, dark on white in both themes, because phones cannot read it inverted. */
import { useMemo } from "react";
import { encode } from "uqr";
import { t } from "@/i18n/translate";
import styles from "./scan.module.css";

/** The quiet zone the standard requires, in modules. */
const QUIET_ZONE = 4;

function drawPath(rows: readonly (readonly boolean[])[]): string {
  return rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
}

export function QrCode({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: "M", border: QUIET_ZONE });
    return { size: code.size, path: drawPath(code.data) };
  }, [text]);
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={t("numbers.code.label")}
      data-testid="connect-qr"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
