/** What scripts/emoji.js builds for one language. */
declare module "virtual:emoji/*" {
  const data: import("./emojiData").EmojiBundle;
  export default data;
}
