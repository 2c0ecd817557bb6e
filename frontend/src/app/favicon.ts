/** The unread messages on the icon of the tab, and on the icon of the installed app. */
import { useEffect } from "react";

const ICON = "/favicon.svg";
const SIZE_PX = 64;
const MAX_COUNT = 99;
const BADGE = "#d13438";

/** The icon with the count in a corner; null where the canvas cannot be drawn on. */
function draw(icon: CanvasImageSource, count: number): HTMLCanvasElement | null {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE_PX, height: SIZE_PX });
  const context = canvas.getContext("2d");
  if (context === null) return null;
  const text = count > MAX_COUNT ? `${MAX_COUNT}` : `${count}`;
  const [width, height] = [text.length > 1 ? 46 : 38, 38];
  context.drawImage(icon, 0, 0, SIZE_PX, SIZE_PX);
  context.fillStyle = BADGE;
  context.beginPath();
  context.roundRect(SIZE_PX - width, SIZE_PX - height, width, height, height / 2);
  context.fill();
  Object.assign(context, { fillStyle: "#fff", font: "bold 32px sans-serif", textAlign: "center", textBaseline: "middle" });
  context.fillText(text, SIZE_PX - width / 2, SIZE_PX - height / 2 + 2);
  return canvas;
}

function setIcon(href: string, type: string): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  if (link !== null) Object.assign(link, { href, type });
}

/** Draws the count once the icon is loaded; the returned function takes it back. */
function showCount(count: number): () => void {
  let url: string | null = null;
  let isOver = false;
  const icon = new Image();
  icon.onload = () =>
    draw(icon, count)?.toBlob((blob) => {
      if (blob === null || isOver) return;
      url = URL.createObjectURL(blob);
      setIcon(url, "image/png");
    });
  icon.src = ICON;
  return () => {
    isOver = true;
    setIcon(ICON, "image/svg+xml");
    if (url !== null) URL.revokeObjectURL(url);
  };
}

/** Only installed apps have a badge; a browser may lack it or not permit it. */
function setAppBadge(count: number): void {
  const { setAppBadge: set } = navigator as Partial<Pick<Navigator, "setAppBadge">>;
  set?.call(navigator, count).catch(() => undefined);
}

export function useFavicon(unread: number): void {
  useEffect(() => (unread > 0 ? showCount(Math.min(unread, MAX_COUNT + 1)) : undefined), [unread]);
  useEffect(() => {
    setAppBadge(unread);
    return () => setAppBadge(0);
  }, [unread]);
}
