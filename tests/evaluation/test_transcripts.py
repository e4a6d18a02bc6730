"""What transcribers and meeting programs save, read as the text that a study keeps; and whose turn it is in it."""

import io
import zipfile
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from evaluation import transcripts
from evaluation.models import Source
from evaluation.texts import EMPTY, TOO_BIG, UnreadableText
from evaluation.transcripts.captions import NOT_CAPTIONS
from evaluation.transcripts.turns import speakers_of, turns_of
from evaluation.transcripts.word import MOST_XML_BYTES, NOT_WORD

WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CHOICES = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def said(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs):
    return f"<w:p>{''.join(runs)}</w:p>"


def docx(*paragraphs, part="word/document.xml", before=""):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        body = f"{before}<w:document {WORDS} {CHOICES}><w:body>{''.join(paragraphs)}</w:body></w:document>"
        archive.writestr(part, body)
    return content.getvalue()


# Word files


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        ([paragraph(said("Int: "), said("Hello")), paragraph(said("P: Hi"))], "Int: Hello\nP: Hi"),
        ([paragraph(said("a"), "<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>")], "a\tb\nc"),
        ([paragraph('<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>', said("a"))], "a"),
        ([paragraph(said("kept"), f"<w:ins>{said(' added')}</w:ins>")], "kept added"),
        ([paragraph(said("kept"), "<w:del><w:r><w:delText>gone</w:delText><w:br/></w:r></w:del>")], "kept"),
        ([paragraph(f"<w:moveFrom>{said('moved')}</w:moveFrom>"), paragraph(f"<w:moveTo>{said('moved')}</w:moveTo>")],
         "\nmoved"),
        ([f"<w:tbl><w:tr><w:tc>{paragraph(said('in a table'))}</w:tc></w:tr></w:tbl>"], "in a table"),
        ([f"<w:sdt><w:sdtContent>{paragraph(said('in a field'))}</w:sdtContent></w:sdt>"], "in a field"),
        ([paragraph(f"<w:hyperlink>{said('a link')}</w:hyperlink>")], "a link"),
        ([paragraph(said("around "), f"<w:r><w:txbxContent>{paragraph(said('boxed'))}</w:txbxContent></w:r>",
                    said("it"))], "boxed\naround it"),
        ([paragraph(said("once"), f"<mc:AlternateContent><mc:Fallback>{said('twice')}</mc:Fallback>"
                                  "</mc:AlternateContent>")], "once"),
        ([paragraph(said("Caf\u00e9 \u05e9\u05dc\u05d5\u05dd \U0001f642 &lt;b&gt; &amp;"))],
         "Caf\u00e9 \u05e9\u05dc\u05d5\u05dd \U0001f642 <b> &"),
    ],
    ids=["runs and paragraphs", "tab and break", "tab stops are no words", "inserted", "deleted", "moved", "table",
         "field", "link", "text box", "shown by older programs", "emoji and right to left"],
)  # fmt: skip
def test_word_file_gives_its_words(paragraphs, text):
    assert transcripts.read(docx(*paragraphs)) == text


def test_word_file_as_large_as_an_interview_can_be_is_read_whole():
    text = transcripts.read(docx(*[paragraph(said(f"P: {'word ' * 60}"))] * 1000))
    assert text == "\n".join([f"P: {'word ' * 60}"] * 1000)


BOMB = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (docx(paragraph(said("a"))).replace(b"document", b"elsewher"), NOT_WORD),
        (docx(paragraph(said("a")), part="xl/workbook.xml"), NOT_WORD),
        (docx(paragraph(said("a")))[:-30], NOT_WORD),
        (docx(paragraph(said("a") * 400)).replace(b"\x08\x00", b"\x63\x00"), NOT_WORD),
        (docx("<w:p>"), NOT_WORD),
        (docx(paragraph(said("a")), before=BOMB), NOT_WORD),
        (docx(paragraph(said("a" * (MOST_XML_BYTES + 1)))), TOO_BIG),
        (docx(paragraph(said("a" * 3_000_000))), TOO_BIG),
        (b"PK\x03\x04" + b"\x00" * transcripts.MOST_FILE_BYTES, TOO_BIG),
        (docx(paragraph(), paragraph(said("  "))), EMPTY),
    ],
    ids=["renamed part", "a spreadsheet", "cut off", "unknown packing", "broken xml", "entities", "zip bomb",
         "too many words", "too large a file", "no words"],
)  # fmt: skip
def test_word_file_that_can_not_be_kept_gets_a_sentence(content, sentence):
    with pytest.raises(UnreadableText) as refused:
        transcripts.read(content)
    assert refused.value.sentence == sentence


# Captions

TIME = "00:00:01.000 --> 00:00:02.000"


def vtt(*cues):
    return "\n\n".join(["WEBVTT", *(f"{TIME}\n{cue}" for cue in cues)]).encode()


@pytest.mark.parametrize(
    ("cues", "text"),
    [
        (["<v Jane Doe>Hello &amp; <i>you</i></v>", "<v Jane Doe>again</v>"], "Jane Doe: Hello & you again"),
        (["<v Jane>Hello</v>\n<v Sam>Yes</v>", "<v Jane>So</v>"], "Jane: Hello\nSam: Yes\nJane: So"),
        (["<v.loud Sam>No</v>"], "Sam: No"),
        (["Jane: Hello\nall", "Sam: Yes"], "Jane: Hello all\nSam: Yes"),
        (["It took <00:00:01.500>a while", "3 < 4"], "It took a while\n3 < 4"),
    ],
    ids=["one voice in a row", "two voices in one cue", "a class", "no voices", "times and signs"],
)
def test_captions_give_who_said_what(cues, text):
    assert transcripts.read(vtt(*cues)) == text


def test_captions_come_with_a_byte_order_mark_and_windows_line_ends():
    content = b"\xef\xbb\xbf" + vtt("<v Zo\u00eb>Hello</v>".encode().decode()).replace(b"\n", b"\r\n")
    assert transcripts.read(content) == "Zo\u00eb: Hello"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"WEBVTT\n\n00:99:01.000 --> 00:00:02.000\na", NOT_CAPTIONS),
        (vtt("a", "b").replace(b"02.000\nb", b"2\nb"), NOT_CAPTIONS),
        (b"WEBVTT\n\n", EMPTY),
        (vtt("<i></i>"), EMPTY),
    ],
)
def test_captions_that_can_not_be_read_get_a_sentence(content, sentence):
    with pytest.raises(UnreadableText) as refused:
        transcripts.read(content)
    assert refused.value.sentence == sentence


def test_what_is_no_other_file_is_plain_text():
    assert transcripts.read(b"WEBVTTs are files\r\n") == "WEBVTTs are files\n"


# Turns


def pieces(text):
    return [(turn.speaker, text[turn.start : turn.end]) for turn in turns_of(text)]


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("Int: Hello\nP1 (Bath): Hi: there\nInt: Bye\nP1 (Bath): Yes\n",
         [("Int", "Hello"), ("P1 (Bath)", "Hi: there"), ("Int", "Bye"), ("P1 (Bath)", "Yes")]),
        ("Read aloud.\n\nInt: a\nInt: b", [("", "Read aloud."), ("Int", "a"), ("Int", "b")]),
        ("Int: a\nmore of a\n\nand more\nInt: b", [("Int", "a\nmore of a\n\nand more"), ("Int", "b")]),
        ("Int: \nInt: \U0001f642 b", [("Int", ""), ("Int", "\U0001f642 b")]),
        ("Jane O\u2019Neil   0:03\nHello\nSam  00:00:07\nYes\nJane O\u2019Neil   1:02:03\nSo\nSam  2:09\nNo",
         [("Jane O\u2019Neil", "Hello"), ("Sam", "Yes"), ("Jane O\u2019Neil", "So"), ("Sam", "No")]),
        ("Int: a\nRemember: once is no speaker\nInt: b", [("Int", "a\nRemember: once is no speaker"), ("Int", "b")]),
        ("See https://example.org\nSee https://example.org", []),
        ("We met at 10:30\nand at 10:30", []),
        ("No one is named here.", []),
    ],
    ids=["names with colons", "an opening", "lines of one turn", "nothing said", "names with times", "said once",
         "addresses", "times of day", "none"],
)  # fmt: skip
def test_turns_are_told_apart_by_who_speaks(text, turns):
    assert pieces(text) == turns


def test_speakers_come_in_the_order_in_which_they_speak():
    assert speakers_of(turns_of("Hm.\nZoe: a\nAbe: b\nZoe: c\nAbe: d\nZoe: e")) == [("Zoe", 3), ("Abe", 2)]


@given(st.lists(st.sampled_from(["Int: ", "P: ", "\n", "word ", "  ", "\U0001f642", "Sam  0:03\n", ":"])).map("".join))
def test_turns_hold_all_that_is_said_in_order(text):
    turns = turns_of(text)
    for turn in turns:
        assert 0 <= turn.start <= turn.end <= len(text)
        assert text[turn.start : turn.end] == text[turn.start : turn.end].strip()
    assert all(one.end <= next_one.start for one, next_one in pairwise(turns))
    if turns:
        told = [f"{turn.speaker} {text[turn.start : turn.end]}" for turn in turns]
        assert "".join(told).count("word") == text.count("word")


# On the pages

pytestmark = pytest.mark.django_db


def add(client, interview, content, name):
    upload = SimpleUploadedFile(name, content)
    return client.post(reverse("evaluation:transcript_add", args=[interview.pk]), {"file": upload}, follow=True)


def test_word_file_becomes_a_transcript_with_numbered_turns(sign_in, interviewer, interview):
    client = sign_in(interviewer)
    lines = [paragraph(said(line)) for line in ("Int: How was it?", "P: <b>Hard</b>".replace("<", "&lt;"), "Int: Oh",
                                                "P: Yes")]  # fmt: skip
    assert "Version 1 is saved." in add(client, interview, docx(*lines), "talk.docx").text
    source = Source.objects.get(kind="transcript")
    assert source.text == "Int: How was it?\nP: <b>Hard</b>\nInt: Oh\nP: Yes"
    page = client.get(source.get_absolute_url())
    assert page.context["speakers"] == [("Int", 2), ("P", 2)]
    assert "Int (2 turns)" in page.text
    assert '<li id="turn-2"><strong>P</strong><p>&lt;b&gt;Hard&lt;/b&gt;</p></li>' in page.text


def test_same_words_from_another_kind_of_file_are_the_same_transcript(sign_in, interviewer, interview):
    client = sign_in(interviewer)
    add(client, interview, b"Jane: Hello\nSam: Yes", "talk.txt")
    page = add(client, interview, vtt("<v Jane>Hello</v>", "<v Sam>Yes</v>"), "talk.vtt")
    assert "This is word for word version 1, which is here already." in page.text


def test_transcript_without_speakers_is_shown_as_it_is(sign_in, interviewer, interview):
    client = sign_in(interviewer)
    add(client, interview, b"Just words.\n\nMore words.", "talk.txt")
    page = client.get(Source.objects.get(kind="transcript").get_absolute_url())
    assert "<p>Just words.</p>\n\n<p>More words.</p>" in page.text
    assert "Who speaks" not in page.text
