/** What scripts/icons.js builds: icons by their names, as the data of a path. */
declare module "virtual:icons*" {
  const paths: Readonly<Record<string, string>>;
  export default paths;
}
