import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { unreachable } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { makeAccount, makeAttachment, makeMessage, READ } from "@/testing/factories";
import type { Attachment } from "@/types/wire";
import { Attachments } from "./Attachments";
import { formatSeconds, formatSize, kindOf } from "./attachments";
import { InboxContext } from "@/features/inbox/context";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { PlaybackProvider } from "./audio/playbackContext";
import { ViewerProvider } from "./viewer/viewerContext";
import { makeInboxStore } from "@/testing/store";
import { mergeBubbles } from "@/features/inbox/thread/list/bubbles";
import { ThreadActionsContext } from "@/features/inbox/thread/threadContext";
import { makeNotebook } from "@/testing/notebook";

const retryAttachment = vi.fn();

beforeEach(() => {
  retryAttachment.mockReset();
  URL.createObjectURL = vi.fn(() => "blob:one");
  URL.revokeObjectURL = vi.fn();
});

function show(fields: Partial<Attachment>, problem?: Error) {
  const api = createRoutes(() => Promise.reject(unreachable()));
  vi.spyOn(api, "listAccounts").mockResolvedValue([makeAccount()]);
  const checkMedia = vi.spyOn(api, "checkMedia").mockImplementation(() => (problem ? Promise.reject(problem) : Promise.resolve()));
  const fetchAttachment = vi.spyOn(api, "fetchAttachment").mockImplementation(() => (problem ? Promise.reject(problem) : Promise.resolve(new Blob(["bytes"]))));
  const attachment = makeAttachment({ type: "img", file_name: "cat.png", mimetype: "image/png", file_size: 1_400_000, ...fields });
  const message = makeMessage({ attachments: [attachment] });
  const nothing = vi.fn();
  const store = makeInboxStore();
  const actions = { reply: nothing, edit: nothing, askDelete: nothing, askRetry: nothing, discard: nothing, react: nothing, retryPending: nothing, discardPending: nothing, copy: nothing, jumpTo: nothing };
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retryDelay: 1 } } })}>
      <ApiContext value={api}>
        <ThreadActionsContext value={{ canAct: true, isConnected: true, retryAttachment, ...actions }}>
          <At>
            <InboxContext value={{ userId: 7, store, notes: makeNotebook(), drafts: new Drafts(7) }}>
              <PlaybackProvider bubbles={mergeBubbles([message], [], [], READ)}>
                <ViewerProvider bubbles={mergeBubbles([message], [], [], READ)}>
                  <Attachments message={message} />
                </ViewerProvider>
              </PlaybackProvider>
            </InboxContext>
          </At>
        </ThreadActionsContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return { message, fetchAttachment, checkMedia };
}

const findImage = () => screen.findByRole("img", { name: "cat.png" });

it("shows a picture, which its element loads when it comes near, and enlarges it when pressed", async () => {
  const { message, fetchAttachment } = show({});
  const image = await findImage();
  expect(image.getAttribute("src")).toBe(`/api/media/whatsapp/${message.account_id}/messages/${message.id}/attachments/a1?for=`);
  expect([image.getAttribute("loading"), image.getAttribute("decoding")]).toEqual(["lazy", "async"]);
  expect(fetchAttachment).not.toHaveBeenCalled();
  await userEvent.click(screen.getByTestId("attachment-image"));
  expect(await screen.findByTestId("lightbox")).toBeTruthy();
});

it("loads a voice message when it is played, not before", async () => {
  const { message, fetchAttachment } = show({ type: "audio", mimetype: "audio/ogg", voice_note: true, duration: 65 });
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
  expect(screen.getByText("1:05")).toBeTruthy();
  expect(fetchAttachment).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole("button", { name: "Play Voice message" }));
  expect(fetchAttachment.mock.calls[0]?.slice(0, 2)).toEqual([message, "a1"]);
});

it.each([
  ["a decoder that is not there", () => vi.spyOn(HTMLMediaElement.prototype, "play").mockRejectedValue(new DOMException("", "NotSupportedError"))],
  ["a broken file", () => vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(() => Promise.reject(new Error("decode")))],
])("reports that a voice message cannot be played because of %s, and offers a download", async (_, breakIt) => {
  breakIt();
  show({ type: "audio", mimetype: "audio/ogg", voice_note: true, duration: 65 });
  await userEvent.click(screen.getByRole("button", { name: "Play Voice message" }));
  const broken = await screen.findByTestId("attachment-broken");
  expect(broken.textContent).toContain("This browser can't play this voice message.");
  expect(broken.textContent).toContain("1:05");
  expect(screen.getByRole("button", { name: "Download Voice message" })).toBeTruthy();
});

it.each([
  ["img", "image/png", "cat.png", "This browser can't show this picture."],
  ["video", "video/quicktime", "cat.mov", "This browser can't play this video."],
])("reports that a %s cannot be shown, and offers a download", async (type, mimetype, file_name, text) => {
  show({ type, mimetype, file_name });
  if (type === "video") await userEvent.click(screen.getByTestId("attachment-play"));
  const find = () => (type === "video" ? screen.findByTestId("attachment-video") : screen.findByRole("img", { name: file_name }));
  const first = await find();
  fireEvent.error(first);
  // The server has the file, so the element tries again: its cookie may have expired.
  await waitFor(async () => expect(await find()).not.toBe(first));
  fireEvent.error(await find());
  expect(screen.getByTestId("attachment-broken").textContent).toContain(text);
  expect(screen.getByRole("button", { name: type === "video" ? "Download" : new RegExp(`^Download ${file_name}`) })).toBeTruthy();
});

it("reports why a picture could not be loaded, and shows it after a retry", async () => {
  const { checkMedia } = show({}, unreachable());
  fireEvent.error(await findImage());
  expect((await screen.findByTestId("attachment-broken")).textContent).toContain("Can’t reach Confab");
  checkMedia.mockResolvedValue();
  await userEvent.click(screen.getByTestId("attachment-reload"));
  expect(await findImage()).toBeTruthy();
});

it("offers any other file with its name and size", () => {
  show({ type: "file", mimetype: "application/pdf", file_name: "offer.pdf" });
  expect(screen.getByTestId("attachment-download").textContent).toContain("offer.pdfPDF · 1.4 MB");
});

it.each([
  ["waiting", "file", null, "Downloading…", false],
  ["failed", "img", "timeout", "Couldn't download", true],
  ["failed", "img", "too_large", "Too large to download", false],
  ["expired", "img", null, "No longer available", false],
  ["unavailable", "img", null, "No longer available", false],
] as const)("shows the state of a file that is %s (%s, %s), with a retry only where it can help", async (state, type, error, text, canRetry) => {
  const { message } = show({ state, type, error, ...(type === "file" ? { mimetype: "application/pdf" } : {}) });
  expect(screen.getByTestId("attachment").textContent).toContain(text);
  expect(screen.queryByTestId("attachment-retry") !== null).toBe(canRetry);
  if (!canRetry) return;
  await userEvent.click(screen.getByTestId("attachment-retry"));
  expect(retryAttachment).toHaveBeenCalledExactlyOnceWith(message, "a1");
});

it("shows a location with name, address and coordinates, and opens a map without a referrer", () => {
  const place = { latitude: -23.561414, longitude: -46.655881, name: "MASP", address: "Av. Paulista, 1578" };
  show({ type: "location", state: "none", location: place });
  const link = screen.getByTestId("attachment-location");
  expect(link.textContent).toBe("MASPAv. Paulista, 1578-23.56141, -46.65588, opens a map in a new tab");
  expect(link.getAttribute("href")).toBe("https://www.openstreetmap.org/?mlat=-23.561414&mlon=-46.655881#map=16/-23.561414/-46.655881");
  expect([link.getAttribute("target"), link.getAttribute("rel")]).toEqual(["_blank", "noreferrer noopener"]);
  expect(document.querySelector("img, iframe")).toBeNull();
});

it("shows a location without a name", () => {
  show({ type: "location", state: "none", location: { latitude: 0, longitude: 0, name: null, address: null } });
  expect(screen.getByTestId("attachment-location").textContent).toBe("Location0.00000, 0.00000, opens a map in a new tab");
});

it("shows the contacts of a card with their numbers", async () => {
  const contacts = [
    { name: "Nina Rocha", numbers: ["+5511977770001", "190"] },
    { name: null, numbers: [] },
  ];
  show({ type: "contact", state: "stored", contacts });
  expect(screen.getAllByTestId("attachment-contact").map((card) => card.textContent)).toEqual(["Nina Rocha+5511977770001190", "ContactNo number"]);
  // A number that cannot be on WhatsApp offers no chat.
  await userEvent.click(await screen.findByRole("button", { name: "Start a chat with Nina Rocha, +5511977770001" }));
  expect(await screen.findByTestId("new-chat-phone")).toHaveProperty("value", "+5511977770001");
  expect(screen.getAllByTestId("contact-start-chat")).toHaveLength(1);
});

it("shows an unreadable card as a file", () => {
  show({ type: "contact", state: "stored", contacts: [], mimetype: "text/vcard", file_name: "nina.vcf" });
  expect(screen.getByTestId("attachment-download").textContent).toContain("nina.vcf");
});

it("never treats SVG, which can contain scripts, as an image", () => {
  expect(kindOf(makeAttachment({ type: "img", mimetype: "image/svg+xml" }))).toBe("file");
  expect(kindOf(makeAttachment({ type: "img", mimetype: null }))).toBe("image");
  expect(kindOf(makeAttachment({ type: "file", mimetype: "text/html" }))).toBe("file");
});

it("formats sizes and durations", () => {
  expect([formatSize(999), formatSize(12_400), formatSize(15_000_000)]).toEqual(["999 B", "12 kB", "15.0 MB"]);
  expect([formatSeconds(5), formatSeconds(65.9)]).toEqual(["0:05", "1:05"]);
});
