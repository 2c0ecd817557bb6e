/** The logo and the name. */
import styles from "./logo.module.css";

export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" fill="#0b6e63" />
      <path
        fill="#fff"
        d="M7 13.2C7 9.8 9.8 7 13.2 7h3.1c3.400 0 6.200 2.800 6.200 6.200s-2.800 6.200-6.200 6.200h-4.500L8 22.200c-.5.4-1 .1-1-.5z"
      />
      <path
        fill="#8fe0c9"
        d="M24.200 12.900c1 1 1.600 2.500 1.600 4v8c0 .6-.6.9-1 .5l-3-2.600h-4.300c-1.700 0-3.300-.7-4.400-1.800h3.200c4.400 0 8-3.600 7.900-8.100z"
      />
    </svg>
  );
}

export function Logo() {
  return (
    <span className={styles.logo}>
      <Mark size={34} />
      <span>Confab</span>
    </span>
  );
}
