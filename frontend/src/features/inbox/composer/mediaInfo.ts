/** The dimensions and duration of images and videos, read in the browser so that the bubble has its size immediately. */
import { t } from "@/i18n/translate";
import { ApiError } from "@/lib/api/errors";
import { LIMITS_MS, withDeadline } from "@/lib/limits";

/** In the server's format; empty when unknown. */
export interface MediaInfo {
  readonly width?: number;
  readonly height?: number;
  readonly duration?: number;
}

export const measureFiles = (files: readonly File[]): Promise<MediaInfo[]> => Promise.all(files.map(measureFile));

async function measureFile(file: File): Promise<MediaInfo> {
  const family = file.type.split("/")[0];
  if (family !== "image" && family !== "video" && family !== "audio") return {};
  const url = URL.createObjectURL(file);
  const element = family === "image" ? new Image() : document.createElement(family);
  try {
    // Files that take longer are sent without it.
    return await readSize(element, url);
  } catch {
    return {};
  } finally {
    element.removeAttribute("src");
    URL.revokeObjectURL(url);
  }
}

/** A file the browser can no longer read; a retry does not help. */
const unreadable = (name: string) => new ApiError(400, { code: "unreadable_file", message: t("app.failed.unreadable", { name }), fields: {}, requestId: null });

/** Rejects if the file was moved, changed or deleted since it was picked: retrying would never help. */
export async function checkReadable(files: readonly File[]): Promise<void> {
  for (const file of files) {
    const read = withDeadline(LIMITS_MS.file, () => file.slice(0, 1).arrayBuffer());
    await read.catch(() => Promise.reject(unreadable(file.name)));
  }
}

function readSize(element: HTMLImageElement | HTMLMediaElement, url: string): Promise<MediaInfo> {
  return withDeadline(
    LIMITS_MS.measure,
    () =>
      new Promise((resolve, reject) => {
        element.addEventListener("error", () => reject(new Error("unreadable")), { once: true });
        const settle = () => resolve(read(element));
        if (element instanceof HTMLImageElement) element.addEventListener("load", settle, { once: true });
        else {
          element.preload = "metadata";
          element.addEventListener("loadedmetadata", settle, { once: true });
        }
        element.src = url;
      }),
  );
}

function read(element: HTMLImageElement | HTMLMediaElement): MediaInfo {
  if (element instanceof HTMLImageElement) return sides(element.naturalWidth, element.naturalHeight);
  const duration = Number.isFinite(element.duration) ? { duration: Math.round(element.duration) } : {};
  return { ...(element instanceof HTMLVideoElement ? sides(element.videoWidth, element.videoHeight) : {}), ...duration };
}

const sides = (width: number, height: number): MediaInfo => (width > 0 && height > 0 ? { width, height } : {});
