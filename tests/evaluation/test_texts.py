import pytest

from evaluation.texts import EMPTY, MOST_BYTES, NOT_TEXT, TOO_BIG, UnreadableText, canonical, read, sha256_of

PLAIN = "Int: How was it?\nP: Café, £5, “good” – שלום 🙂\n"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (PLAIN.encode(), PLAIN),
        (PLAIN.encode("utf-8-sig"), PLAIN),
        (PLAIN.replace("\n", "\r\n").encode(), PLAIN),
        (PLAIN.replace("\n", "\r").encode(), PLAIN),
        ("Café – £5 “yes” €".encode("cp1252"), "Café – £5 “yes” €"),
        ("Cafe\u0301".encode(), "Caf\u00e9"),
        (b"a\tb\fc", "a\tb\fc"),
        (b"  indented\n", "  indented\n"),
    ],
    ids=["utf-8", "bom", "crlf", "cr", "windows-1252", "nfc", "tabs", "spaces stay"],
)
def test_read_gives_the_text_as_it_is_kept(content, text):
    assert read(content) == text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", EMPTY),
        (b" \r\n\t ", EMPTY),
        (b"\xef\xbb\xbf", EMPTY),
        (b"PK\x03\x04\x14\x00\x06\x00word/document.xml", NOT_TEXT),
        (b"%PDF-1.7\n%text", NOT_TEXT),
        (b"{\\rtf1\\ansi hello}", NOT_TEXT),
        (b"\x89PNG\r\n\x1a\n\x00\x00", NOT_TEXT),
        ("In UTF-16".encode("utf-16"), NOT_TEXT),
        (b"Caf\xe9 \x81 undefined in Windows-1252", NOT_TEXT),
        (b"a" * (MOST_BYTES + 1), TOO_BIG),
        (b"\xe9" * (MOST_BYTES - 1), TOO_BIG),
    ],
    ids=[
        "empty",
        "blank",
        "only a bom",
        "docx",
        "pdf",
        "rtf",
        "png",
        "utf-16",
        "bad byte",
        "big",
        "big as utf-8",
    ],
)
def test_read_says_what_is_wrong_with_a_file(content, sentence):
    with pytest.raises(UnreadableText) as refused:
        read(content)
    assert refused.value.sentence == sentence


def test_read_takes_a_file_of_the_largest_size():
    assert len(read(b"a" * MOST_BYTES)) == MOST_BYTES


def test_canonical_of_a_canonical_text_is_itself():
    assert canonical(canonical("\ufeff\ufeffe\u0301\r\n\rx")) == canonical("e\u0301\n\nx") == "\u00e9\n\nx"


def test_sha256_is_over_utf_8():
    assert sha256_of("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"
