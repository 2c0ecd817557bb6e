/** What scripts/catalogues.js builds from the files of one language. */
declare module "virtual:catalogue/*" {
  const messages: import("@lingui/core").Messages;
  export default messages;
}
