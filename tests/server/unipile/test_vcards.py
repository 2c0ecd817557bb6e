"""vCards in the bytes and shapes that phones, mail programs and exports write."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.unipile.fields.vcards import MAX_CARD_BYTES, MAX_TEXT, read_cards

NUMBER = "+5511988880000"
TEL = "TEL:+55 11 98888-0000"


def card(*lines: str, end: str = "\r\n") -> str:
    return end.join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD", ""))


JOAO = card("FN:João Conceição", TEL)


@pytest.mark.parametrize(
    ("given_card", "name"),
    [
        (card("FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4A=6F=C3=A3=6F", TEL), "João"),
        (
            card("FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=4A=6F=C3=\r\n=A3=6F=\r\n=20Silva", TEL),
            "João Silva",
        ),
        (card("FN;QUOTED-PRINTABLE:Jo=C3=\r\n =A3o", TEL), "João"),
        (card("N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=53ilva;Jo=C3=A3o;;;", TEL), "João Silva"),
        (card("FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Jo=E3o", TEL), "João"),
        (card("FN;CHARSET=nonsense;ENCODING=QUOTED-PRINTABLE:Jo=E3o", TEL), "João"),
        (card("FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=83=5E=83=69=83=4A", TEL), "タナカ"),
        (card("FN;ENCODING=b:Sm/Do28=", TEL), "João"),
        ("\ufeff" + JOAO, "João Conceição"),
        (JOAO.replace("\r\n", "\r"), "João Conceição"),
        (JOAO.replace("\r\n", "\n"), "João Conceição"),
        ("\r\n \r\n" + JOAO, "João Conceição"),
        (" " + JOAO, "João Conceição"),
        ("    " + JOAO.replace("\r\n", "\n    "), "João Conceição"),
        (JOAO.replace("\r\n", "\n  "), "João Conceição"),
        ("begin:vcard\nfn:João\ntel:+55 11 98888-0000\nend:vcard", "João"),
        (card("FN:Jo\r\n ão", TEL), "João"),
        (card("FN:Jo\r\n\tão", TEL), "João"),
        (card("item1.FN:João", "item1.TEL:+55 11 98888-0000", "item1.X-ABLabel:Mobile"), "João"),
        (card("FN:Silva\\, João \\\\ 🎉", TEL), "Silva, João \\ 🎉"),
        (card("N:Silva;João;Maria;Dr.;", TEL), "João Maria Silva"),
        (card("N:Sil\\;va;João", TEL), "João Sil;va"),
        (card("FN:", "N:;;;;", "ORG:Padaria Sol;Loja 2", TEL), "Padaria Sol"),
        (card("N:;João;;;", "FN;LANGUAGE=pt:João", TEL), "João"),
        (card("NICKNAME:Jô", TEL), "Jô"),
        (card('FN;X-NOTE="a:b;c":João', TEL), "João"),
        (card("PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/4AAQSkZJRg", " ABABAAD/2wBD", "", "FN:João", TEL), "João"),
    ],
)
def test_a_card_has_a_name_and_a_phone(given_card: str, name: str) -> None:
    assert read_cards(given_card) == [{"name": name, "numbers": [NUMBER]}]
    assert read_cards(given_card.encode()) == [{"name": name, "numbers": [NUMBER]}]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_card_is_decoded_in_its_encoding(encoding: str) -> None:
    assert read_cards(JOAO.encode(encoding)) == [{"name": "João Conceição", "numbers": [NUMBER]}]


@pytest.mark.parametrize(
    ("charset", "name"), [("windows-1251", "Алёна"), ("SHIFT_JIS", "田中"), ("GBK", "王伟")]
)
def test_a_declared_character_set_is_used(charset: str, name: str) -> None:
    assert read_cards(card(f"FN;CHARSET={charset}:{name}", TEL).encode(charset))[0]["name"] == name


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("TEL;waid=5511988880000:+55 11 98888-0000", [NUMBER]),
        ("TEL;type=CELL;type=VOICE;WAID=5511988880000:0 11 98888", [NUMBER]),
        ("TEL;VALUE=uri;TYPE=cell:tel:+55-11-98888-0000", [NUMBER]),
        ('TEL;VALUE=uri;TYPE="voice,cell":tel:+55-11-98888-0000;ext=12', [NUMBER]),
        ("TEL;VALUE=uri:tel:98888-0000;phone-context=+55-11", [NUMBER]),
        ("TEL:+٥٥ ١١ ٩٨٨٨٨ ٠٠٠٠", [NUMBER]),
        ("TEL:+55\u00a011\u00a098888\u20110000", [NUMBER]),
        ("TEL:\u202a+55 11 98888-0000\u202c", [NUMBER]),
        ("TEL:0055 11 98888 0000", [NUMBER]),
        ("TEL;CELL:+55 (11) 98888-0000", [NUMBER]),
        ("TEL;ENCODING=QUOTED-PRINTABLE:=2B=35=35 11 98888-0000", [NUMBER]),
        ("TEL:+44 (0)20 7946 0958", ["+442079460958"]),
        ("TEL:(11) 98888-0000", ["11988880000"]),
        ("TEL:+55 11 98888-0000\r\nTEL:+5511988880000", [NUMBER]),
        ("TEL:javascript:alert(1)", []),
        ("TEL:", []),
    ],
)
def test_a_phone_of_a_card(line: str, numbers: list[str]) -> None:
    assert read_cards(card("FN:João", line))[0]["numbers"] == numbers


def test_each_card_of_a_file_is_a_contact() -> None:
    text = card("FN:Ana", TEL, end="\n") + "\n\n" + card("FN:Bia", end="\r") + " " + card("FN:Caio")
    assert [person["name"] for person in read_cards(text)] == ["Ana", "Bia", "Caio"]


@pytest.mark.parametrize(
    "hostile",
    [
        "BEGIN:VCARD\n" + " \n" * 10**6,
        "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:" + "=\n" * 10**6,
        "BEGIN:VCARD\n" + 'TEL;A="' * 10**5,
        "BEGIN:VCARD\nTEL" + ";" * 10**6,
        "BEGIN:VCARD\nTEL" + " " * 10**6 + ";",
        "BEGIN:VCARD\nN:" + "\\;" * 10**6,
        "BEGIN:VCARD\n" * 10**5,
        "BEGIN:VCARD\nTEL:" + "(" * 10**6,
        "BEGIN:VCARD\n" + "TEL:" + "1" * 10**6,
        "a." * 10**6 + "BEGIN:VCARD",
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_a_hostile_card_is_parsed_quickly(hostile: str) -> None:
    began = time.process_time()
    for person in read_cards(hostile):
        assert len(person["name"] or "") <= MAX_TEXT
    read_cards(hostile.encode())
    assert time.process_time() - began < 10


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"BEGIN:VCARD\n", b"\xff\xfe", b"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:"]),
)
def test_any_bytes_are_parsed(data: bytes, before: bytes) -> None:
    for person in read_cards(before + data):
        assert person["name"] or person["numbers"]


def test_an_oversized_card_is_parsed_up_to_its_limit() -> None:
    assert read_cards(card("FN:Ana", "NOTE:" + "x" * MAX_CARD_BYTES, TEL)) == [{"name": "Ana", "numbers": []}]
