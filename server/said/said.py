"""A sentence with its code and parameters. It is English text; the app translates it by the code."""

from collections.abc import Mapping

from server.said.denial_texts import DENIALS
from server.said.dependency_texts import DEPENDENCIES
from server.said.error_texts import ERRORS
from server.said.finding_texts import CHECKS
from server.said.import_texts import IMPORTS
from server.said.message_texts import MESSAGES
from server.said.provider_texts import PROVIDERS
from server.said.setting_texts import SETTINGS

# code -> the English text, with its parameters in braces. tests/test_said.py compares it with the app's catalogues.
TABLE: Mapping[str, str] = {
    **CHECKS,
    **DEPENDENCIES,
    **SETTINGS,
    **ERRORS,
    **DENIALS,
    **MESSAGES,
    **IMPORTS,
    **PROVIDERS,
}

Parameter = str | int | float


class Said(str):
    """English text, the code it has, and the parameters, of which some may be such sentences themselves."""

    __slots__ = ("code", "params")
    code: str
    params: Mapping[str, Parameter]

    def __new__(cls, code: str, params: Mapping[str, Parameter]) -> "Said":
        made = super().__new__(cls, TABLE[code].format(**params))
        made.code, made.params = code, params
        return made

    def on_wire(self) -> dict[str, object]:
        """The code and the parameters, as the app reads them."""
        values = self.params.items()
        return {
            "code": self.code,
            "params": {name: value.on_wire() if isinstance(value, Said) else value for name, value in values},
        }


def said(code: str, /, **params: Parameter) -> Said:
    """The sentence with this code."""
    return Said(code, params)


def verbatim(text: str) -> Said:
    """A text that is not ours, or that only commands print; one with a code stays itself."""
    return text if isinstance(text, Said) else said("quoted", text=text)


def both(first: Said, second: Said | None) -> Said:
    """Two sentences in one, if there is a second."""
    return first if second is None else said("both", first=first, second=second)
