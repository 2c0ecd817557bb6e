"""What push and mail say about notifications, in each language. The kinds are worded as in the app's catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.store.notifying.deliveries import Quoted
from server.text.graphemes import is_blank, isolate
from workers.people.target_texts import describe_target

TITLE_CHARACTERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts of a language."""

    kinds: Mapping[str, str]
    test_title: str
    test_text: str
    subject_one: str
    subject_many: str  # {count}
    greeting: str  # {name}
    intro: str
    more: str  # {count}
    settings: str  # {url}
    stop: str  # {url}


TEXTS: Mapping[str, Texts] = {
    "en": Texts(
        kinds={
            "mine": "Message in your chat",
            "unassigned": "Message in an unassigned chat",
            "assigned": "Assigned to you",
            "mentioned": "Mentioned in a note",
            "snooze_over": "Snooze is over",
            "number_down": "Number needs attention",
            "scheduled_failed": "Planned message failed",
            "rule": "A rule notifies you",
            "target": "Target at risk",
        },
        test_title="A test",
        test_text="This is a test notification.",
        subject_one="1 unread notification",
        subject_many="{count} unread notifications",
        greeting="Hello {name},",
        intro="this is unread in Confab:",
        more="… and {count} more.",
        settings="Choose what you get: {url}",
        stop="No more of these mails: {url}",
    ),
    "de": Texts(
        kinds={
            "mine": "Nachricht in Ihrem Chat",
            "unassigned": "Nachricht in einem nicht zugewiesenen Chat",
            "assigned": "Ihnen zugewiesen",
            "mentioned": "In einer Notiz erwähnt",
            "snooze_over": "Zurückstellung ist vorbei",
            "number_down": "Nummer braucht Aufmerksamkeit",
            "scheduled_failed": "Geplante Nachricht fehlgeschlagen",
            "rule": "Eine Regel benachrichtigt Sie",
            "target": "Ziel gefährdet",
        },
        test_title="Ein Test",
        test_text="Das ist eine Testbenachrichtigung.",
        subject_one="1 ungelesene Benachrichtigung",
        subject_many="{count} ungelesene Benachrichtigungen",
        greeting="Guten Tag {name},",
        intro="das ist in Confab ungelesen:",
        more="… und {count} weitere.",
        settings="Wählen Sie, was Sie erhalten: {url}",
        stop="Keine dieser E-Mails mehr: {url}",
    ),
    "es": Texts(
        kinds={
            "mine": "Mensaje en un chat suyo",
            "unassigned": "Mensaje en un chat sin asignar",
            "assigned": "Asignado a usted",
            "mentioned": "Mención en una nota",
            "snooze_over": "Terminó la posposición",
            "number_down": "Un número requiere atención",
            "scheduled_failed": "Falló un mensaje programado",
            "rule": "Una regla le avisa",
            "target": "Objetivo en riesgo",
        },
        test_title="Una prueba",
        test_text="Esta es una notificación de prueba.",
        subject_one="1 notificación sin leer",
        subject_many="{count} notificaciones sin leer",
        greeting="Hola, {name}:",
        intro="esto está sin leer en Confab:",
        more="… y {count} más.",
        settings="Elija qué recibe: {url}",
        stop="No recibir más estos correos: {url}",
    ),
    "pt": Texts(
        kinds={
            "mine": "Mensagem em uma conversa sua",
            "unassigned": "Mensagem em uma conversa sem responsável",
            "assigned": "Atribuído a você",
            "mentioned": "Menção em uma nota",
            "snooze_over": "O adiamento terminou",
            "number_down": "Um número precisa de atenção",
            "scheduled_failed": "Falha em mensagem programada",
            "rule": "Uma regra avisa você",
            "target": "Meta em risco",
        },
        test_title="Um teste",
        test_text="Esta é uma notificação de teste.",
        subject_one="1 notificação não lida",
        subject_many="{count} notificações não lidas",
        greeting="Olá, {name},",
        intro="isto não foi lido no Confab:",
        more="… e mais {count}.",
        settings="Escolha o que você recebe: {url}",
        stop="Não receber mais estes e-mails: {url}",
    ),
}


def texts_of(language: str) -> Texts:
    return TEXTS.get(language, TEXTS["en"])


def kind_of(line: Quoted) -> str:
    """The kind in the language of its user."""
    return texts_of(line.language).kinds[line.kind]


def title_of(line: Quoted) -> str:
    """The chat's title; the kind where it is about no chat."""
    title = (line.title or "").strip()
    return kind_of(line) if is_blank(title) else title[:TITLE_CHARACTERS]


def body_of(line: Quoted) -> str | None:
    """The beginning of the message, where its user wants that; of a target what is due. None: nothing."""
    return line.preview if line.target is None else describe_target(line.target, line.language)


def path_of(line: Quoted) -> str:
    """Where the app shows it, as its own notifications lead to."""
    if line.chat_id is None:
        return "/connections"
    at = "" if line.message_id is None else f"#message-{line.message_id}"
    return f"/inbox/{line.account_id}/{line.chat_id}{at}"


def line_of(line: Quoted) -> str:
    """The notification on one line of a mail."""
    kind, title = kind_of(line), title_of(line)
    preview = "" if (text := body_of(line)) is None else f" — {isolate(' '.join(text.split()))}"
    return f"{kind}{preview}" if title == kind else f"{kind}: {isolate(title)}{preview}"
