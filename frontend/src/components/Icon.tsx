/** The icons, drawn on a 24 grid with one stroke width. */

const PATHS = {
  inbox: "M4 13.500 6.300 6A2 2 0 0 1 8.200 4.500h7.600A2 2 0 0 1 17.700 6L20 13.500V17a2.500 2.500 0 0 1-2.500 2.500h-11A2.500 2.500 0 0 1 4 17zm0 0h4.200l1.300 2.500h5l1.300-2.500H20",
  phone: "M8.500 3h7A1.500 1.500 0 0 1 17 4.500v15a1.500 1.500 0 0 1-1.500 1.500h-7A1.500 1.500 0 0 1 7 19.500v-15A1.500 1.500 0 0 1 8.500 3zM10.800 18h2.400",
  logout: "M14 4.500h3A2.500 2.500 0 0 1 19.500 7v10a2.500 2.500 0 0 1-2.500 2.500h-3M10 8l-4 4 4 4M6 12h9",
  back: "M14.500 5.500 8 12l6.500 6.500",
  send: "M5 12 4 4.500 20.500 12 4 19.500zm0 0h7",
  alert: "M12 8v4.500m0 3.200v.1M12 3.500l9 16H3z",
  info: "M12 11v5.500m0-9v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  plus: "M12 5v14M5 12h14",
  chevron: "M6.500 9.500 12 15l5.500-5.500",
  close: "M6.500 6.500l11 11m0-11-11 11",
  down: "M12 5v13.500m-6-6 6 6 6-6",
  refresh: "M19.500 12a7.500 7.500 0 1 1-2.400-5.500M19.500 3.500V8H15",
  check: "M5 12.500l4.500 4.500L19.500 7",
  trash: "M4.500 7h15M10 7V4.500h4V7m3.500 0-.8 11a2 2 0 0 1-2 1.800H9.300a2 2 0 0 1-2-1.800L6.500 7",
  people: "M9 11a3.200 3.200 0 1 0 0-6.500A3.200 3.200 0 0 0 9 11zm-6 8c.5-3 2.900-5 6-5s5.500 2 6 5m.5-8.300a3 3 0 0 0 0-5.700M17 14.300c2.200.6 3.700 2.300 4 4.700",
  chat: "M4 11.500C4 7.900 7 5 10.600 5h2.800c3.600 0 6.600 2.900 6.600 6.500S17 18 13.400 18H9l-4.200 2.300c-.4.200-.8 0-.8-.4z",
  clip: "M18.500 11.500 11.700 18.300a4 4 0 0 1-5.700-5.700l7.200-7.200a2.700 2.700 0 0 1 3.800 3.800l-7 7a1.300 1.300 0 0 1-1.900-1.900l6.400-6.300",
  external: "M13.500 5H19v5.500M19 5l-8 8M10 6H7a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-3",
  clock: "M12 7.500V12l3 2M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
