/** How the four languages name times to come: without diacritics, as regular expressions. */
/* eslint-disable lingui/no-unlocalized-strings -- what users type is read in every language */
import type { Language } from "@/i18n/languages";

export interface TimeWords {
  /** Before "2 hours". */
  readonly within: string;
  readonly one: string;
  /** "half an hour". */
  readonly halfHour: string;
  readonly minutes: string;
  readonly hours: string;
  readonly days: string;
  readonly weeks: string;
  readonly months: string;
  /** Days from today, the longer names first. */
  readonly dayNames: readonly (readonly [string, number])[];
  /** Parts of a day with their hour. */
  readonly parts: readonly (readonly [string, number])[];
  /** From Sunday on. */
  readonly weekdays: readonly string[];
  /** Before and after a weekday: the one to come, not today. */
  readonly next: string;
  readonly nextAfter: string;
  readonly nextWeek: string;
  readonly weekend: string;
  /** From January on. */
  readonly monthNames: readonly string[];
  /** Before a time of day, and after it. */
  readonly at: string;
  readonly clock: string;
  /** Says nothing. */
  readonly fillers: string;
}

export const TIME_WORDS: Readonly<Record<Language, TimeWords>> = {
  en: {
    within: "in|after",
    one: "one|an|a",
    halfHour: "half an hour|half hour",
    minutes: "minutes|minute|mins|min|m",
    hours: "hours|hour|hrs|hr|h",
    days: "days|day|d",
    weeks: "weeks|week|w",
    months: "months|month",
    dayNames: [["day after tomorrow", 2], ["tomorrow|tmrw|tmr", 1], ["today", 0], ["tonight", 0]],
    parts: [["morning", 8], ["noon|midday|lunchtime", 12], ["afternoon", 14], ["evening|tonight|night", 18]],
    weekdays: ["sunday|sun", "monday|mon", "tuesday|tues|tue", "wednesday|wed", "thursday|thurs|thur|thu", "friday|fri", "saturday|sat"],
    next: "next|coming",
    nextAfter: "next",
    nextWeek: "next week",
    weekend: "this weekend|next weekend|weekend",
    monthNames: ["january|jan", "february|feb", "march|mar", "april|apr", "may", "june|jun", "july|jul", "august|aug", "september|sept|sep", "october|oct", "november|nov", "december|dec"],
    at: "at|@",
    clock: "o'clock|oclock|h",
    fillers: "on|the|this|of|in|at|until|till",
  },
  de: {
    within: "in|nach",
    one: "einer|einem|einen|eine|ein",
    halfHour: "einer halben stunde|halbe stunde|halben stunde",
    minutes: "minuten|minute|min|m",
    hours: "stunden|stunde|std|h",
    days: "tagen|tage|tag|d",
    weeks: "wochen|woche|w",
    months: "monaten|monate|monat",
    dayNames: [["ubermorgen|uebermorgen", 2], ["morgen", 1], ["heute", 0]],
    parts: [["fruh|frueh|vormittags|vormittag|morgens", 8], ["mittags|mittag", 12], ["nachmittags|nachmittag", 14], ["abends|abend", 18]],
    weekdays: ["sonntag|so", "montag|mo", "dienstag|di", "mittwoch|mi", "donnerstag|do", "freitag|fr", "samstag|sonnabend|sa"],
    next: "nachsten|nachster|nachste|naechsten|naechste|kommenden|kommender",
    nextAfter: "nachster",
    nextWeek: "nachste woche|nachster woche|naechste woche|kommende woche",
    weekend: "am wochenende|wochenende",
    monthNames: ["januar|jan", "februar|feb", "marz|maerz|mrz", "april|apr", "mai", "juni|jun", "juli|jul", "august|aug", "september|sep", "oktober|okt", "november|nov", "dezember|dez"],
    at: "um|gegen",
    clock: "uhr|h",
    fillers: "am|an|den|dem|der|diesen|bis|zum|in",
  },
  pt: {
    within: "em|daqui a|daqui|dentro de",
    one: "uma|um",
    halfHour: "meia hora",
    minutes: "minutos|minuto|min|m",
    hours: "horas|hora|hs|h",
    days: "dias|dia|d",
    weeks: "semanas|semana",
    months: "meses|mes",
    dayNames: [["depois de amanha", 2], ["amanha", 1], ["hoje", 0]],
    parts: [["de manha|pela manha|manha", 8], ["meio-dia|meio dia", 12], ["a tarde|de tarde|da tarde|tarde", 14], ["a noite|de noite|da noite|noite", 18]],
    weekdays: ["domingo|dom", "segunda-feira|segunda feira|segunda|seg", "terca-feira|terca feira|terca|ter", "quarta-feira|quarta feira|quarta|qua", "quinta-feira|quinta feira|quinta|qui", "sexta-feira|sexta feira|sexta|sex", "sabado|sab"],
    next: "proxima|proximo",
    nextAfter: "que vem",
    nextWeek: "semana que vem|proxima semana",
    weekend: "fim de semana|final de semana",
    monthNames: ["janeiro|jan", "fevereiro|fev", "marco|mar", "abril|abr", "maio|mai", "junho|jun", "julho|jul", "agosto|ago", "setembro|set", "outubro|out", "novembro|nov", "dezembro|dez"],
    at: "as|a|pelas",
    clock: "horas|hora|hs|h",
    fillers: "na|no|nesta|neste|esta|este|dia|de|em|ate|a|o|ao",
  },
  es: {
    within: "en|dentro de",
    one: "una|uno|un",
    halfHour: "media hora",
    minutes: "minutos|minuto|min|m",
    hours: "horas|hora|hs|h",
    days: "dias|dia|d",
    weeks: "semanas|semana",
    months: "meses|mes",
    dayNames: [["pasado manana", 2], ["manana", 1], ["hoy", 0]],
    parts: [["por la manana|de la manana", 8], ["mediodia|medio dia", 12], ["por la tarde|de la tarde|tarde", 14], ["por la noche|de la noche|esta noche|noche", 18]],
    weekdays: ["domingo|dom", "lunes|lun", "martes|mar", "miercoles|mie", "jueves|jue", "viernes|vie", "sabado|sab"],
    next: "proximo|proxima",
    nextAfter: "que viene|proximo",
    nextWeek: "la proxima semana|proxima semana|la semana que viene|semana que viene",
    weekend: "el fin de semana|fin de semana|finde",
    monthNames: ["enero|ene", "febrero|feb", "marzo", "abril|abr", "mayo", "junio|jun", "julio|jul", "agosto|ago", "septiembre|setiembre|sept|sep", "octubre|oct", "noviembre|nov", "diciembre|dic"],
    at: "a las|a la|al",
    clock: "horas|hora|hs|h",
    fillers: "el|la|este|esta|de|del|en|dia|hasta|a",
  },
};
