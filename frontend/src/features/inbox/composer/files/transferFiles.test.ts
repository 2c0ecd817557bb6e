// @vitest-environment jsdom
import { expect, it } from "vitest";
import { filesOf } from "./transferFiles";

const picture = new File(["x"], "image.png", { type: "image/png" });
const offer = new File(["x"], "Angebot für Bia.pdf", { type: "application/pdf" });
const TABLE = "<html><body><!--StartFragment--><table><tr><td>1</td><td>2</td></tr></table><img src='x.png'></body></html>";
const PAGE_PICTURE = '<meta charset="utf-8"><img src="https://example.com/cat.png" alt="A cat">';

const carry = (files: readonly File[], texts: Record<string, string> = {}) =>
  ({ files, getData: (type: string) => texts[type] ?? "" }) as unknown as DataTransfer;

it.each([
  ["a screenshot", carry([picture])],
  ["a picture copied in a page", carry([picture], { "text/html": PAGE_PICTURE })],
  ["a picture dragged out of a page, with its address", carry([picture], { "text/html": PAGE_PICTURE, "text/plain": "https://example.com/cat.png" })],
  ["a file copied in Finder, with its name", carry([offer], { "text/plain": "Angebot für Bia.pdf" })],
  ["a name that Finder spells in decomposed letters", carry([offer], { "text/plain": "Angebot für Bia.pdf".normalize("NFD") })],
  ["files copied in Nautilus, with their addresses", carry([picture, offer], { "text/plain": "file:///home/eva/image.png\nfile:///home/eva/Angebot%20f%C3%BCr%20Bia.pdf\n" })],
  ["a file dragged from Windows, with its path", carry([picture], { "text/plain": "C:\\Users\\Eva\\image.png" })],
  ["a picture beside blanks", carry([picture], { "text/plain": " \r\n" })],
])("attaches %s", (_, data) => expect(filesOf(data)).toEqual([...data.files]));

it.each([
  ["cells of a spreadsheet", carry([picture], { "text/plain": "1\t2\r\n", "text/html": TABLE })],
  ["a paragraph of a word processor", carry([picture], { "text/plain": "Dear Bia,\n", "text/html": "<p>Dear Bia,</p>" })],
  ["a cell that holds an address", carry([picture], { "text/plain": "https://example.com", "text/html": "<table><td>https://example.com</td></table>" })],
  ["text without HTML", carry([picture], { "text/plain": "100%" })],
  ["text in which a file's name stands", carry([picture], { "text/plain": "see image.png\nimage.png" })],
])("leaves %s to the field as text", (_, data) => expect(filesOf(data)).toEqual([]));
