/** Whether shortcuts of a single character are on: a setting of this device. */

const STORAGE_KEY = "confab.character-keys";

export const readCharacterKeys = (): boolean => localStorage.getItem(STORAGE_KEY) !== "off";

export function writeCharacterKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, "off");
}
