import datetime

import pytest
from crispy_forms.layout import Fieldset
from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import (
    CheckboxesField,
    DateField,
    PageForm,
    RadiosField,
    ScaleField,
    TimeField,
    YesNoField,
)


class MeetingForm(PageForm):
    submit_label = _("Plan the meeting")

    title = forms.CharField(
        label="What is it called?",
        max_length=10,
        error_messages={"required": "Enter what it is called"},
    )
    on = DateField(label="When?", help_text="For example, 24 11 2026")
    at = TimeField(label="What time?")
    note = forms.CharField(
        label="Anything else?",
        max_length=20,
        required=False,
        widget=forms.Textarea,
        help_text="If you like",
    )
    mode = RadiosField(
        label="How do you meet?",
        choices=[("in person", "In person"), ("online", "Online")],
        hints={"online": "We show the link to members"},
        reveals={"online": "link"},
    )
    link = forms.URLField(label="What is the link?", required=False)
    pain = ScaleField(
        label="How bad is the pain?",
        low_label="No pain",
        high_label="The worst",
        required=False,
    )
    tea = YesNoField(label="Is there tea?")
    helpers = CheckboxesField(label="Who brings things?", choices=[("1", "Sam"), ("2", "Ada")], required=False)
    many = forms.IntegerField(label="How many chairs?", max_value=40, required=False)
    sure = forms.BooleanField(label="I have asked the venue", required=False, help_text="They like to know")


TYPED = {
    "title": "Tea",
    "on_day": "24",
    "on_month": "Nov",
    "on_year": "26",
    "at": "2.30 pm",
    "mode": "in person",
    "tea": "no",
    "pain": "",
    "helpers": ["2"],
}


def html(form):
    return " ".join(render_crispy_form(form, context={"csrf_token": "token"}).split())


def test_page_form_gives_values_as_python_objects():
    form = MeetingForm(TYPED)
    assert form.errors == {}
    assert form.cleaned_data["on"] == datetime.date(2026, 11, 24)
    assert form.cleaned_data["at"] == datetime.time(14, 30)
    assert form.cleaned_data["pain"] is None
    assert form.cleaned_data["tea"] is False
    assert form.cleaned_data["helpers"] == ["2"]


def test_page_form_shows_again_what_was_typed():
    form = MeetingForm(
        TYPED
        | {
            "title": "",
            "on_year": "x",
            "at": "half two",
            "pain": "7",
            "mode": "online",
            "link": "zoom",
            "many": "ten",
            "sure": "on",
        }
    )
    page = html(form)
    assert not form.is_valid()
    assert 'name="on_day" type="text" inputmode="numeric" autocomplete="off" value="24"' in page
    assert 'name="on_year" type="text" inputmode="numeric" autocomplete="off" value="x"' in page
    assert 'value="half two"' in page
    assert 'value="7" checked' in page
    assert 'value="online" checked' in page
    assert 'value="zoom"' in page
    assert 'value="ten"' in page
    assert 'value="2" checked' in page
    assert "checked" in page.split('name="sure"')[1].split(">")[0]


def test_page_form_errors_say_what_to_do():
    form = MeetingForm(
        TYPED
        | {
            "title": "Tea and cake",
            "many": "ten",
            "mode": "by post",
            "tea": "",
            "note": "x" * 21,
            "link": "zoom",
        }
    )
    assert {name: errors[0] for name, errors in form.errors.items()} == {
        "title": "Use 10 characters or fewer. You have used 12.",
        "note": "Use 20 characters or fewer. You have used 21.",
        "mode": "Choose one of the answers",
        "tea": "Answer this: Is there tea?",
        "link": "Enter a web address in full, like https://example.org",
        "many": "Enter a whole number, like 4",
    }
    assert MeetingForm(TYPED | {"many": "41"}).errors["many"] == ["Enter a number that is 40 or less"]
    assert MeetingForm(TYPED | {"title": ""}).errors["title"] == ["Enter what it is called"]


def test_page_form_counts_a_line_break_once():
    assert MeetingForm(TYPED | {"note": "a\r\n" * 10}).errors == {}


def test_page_form_leaves_checks_to_the_server():
    page = html(MeetingForm())
    assert "novalidate" in page
    for attribute in ("maxlength=", "minlength=", "placeholder=", " required"):
        assert attribute not in page.replace("data-maxlength=", "")


def test_page_form_has_one_button_and_a_way_out():
    page = html(MeetingForm(cancel_url="/groups/1/"))
    assert page.count("<button") == 1
    assert "Plan the meeting</button>" in page
    assert '<a class="app-button-group__link" href="/groups/1/">Cancel</a>' in page
    assert 'name="csrfmiddlewaretoken" value="token"' in page
    assert "Send it</button>" in html(MeetingForm(submit_label="Send it"))


def test_page_form_describes_each_field_by_hint_and_error():
    page = html(MeetingForm({}))
    for name in ("title", "at"):
        field = page.split(f'name="{name}"')[1].split(">")[0]
        assert f'aria-describedby="id_{name}_error"' in field
        assert 'aria-invalid="true"' in field
        assert f'<div id="id_{name}_error">' in page
        assert f'<label class="nhsuk-label nhsuk-label--s" for="id_{name}">' in page
    assert '<fieldset class="nhsuk-fieldset" role="group" aria-describedby="id_on_helptext id_on_error">' in page
    assert '<div class="nhsuk-hint" id="id_on_helptext">For example, 24 11 2026</div>' in page
    assert '<fieldset class="nhsuk-fieldset" aria-describedby="id_mode_error">' in page


def test_page_form_counts_characters_of_a_long_text():
    page = html(MeetingForm())
    assert 'data-module="nhsuk-character-count" data-maxlength="20"' in page
    assert 'aria-describedby="id_note-info id_note_helptext"' in page
    assert (
        '<div class="nhsuk-hint nhsuk-character-count__message" id="id_note-info">You can use up to 20 characters</div>'
        in page
    )


def test_page_form_gives_inputs_their_classes():
    page = html(MeetingForm({"mode": "by post"}))
    assert 'class="nhsuk-input nhsuk-input--error"' in page.split('name="title"')[1]
    assert 'class="nhsuk-input nhsuk-input--width-5 nhsuk-input--error"' in page.split('name="at"')[1]
    assert page.count("nhsuk-date-input__input nhsuk-input--width-2 nhsuk-input--error") == 2


def test_radios_hint_and_reveal_a_field_once():
    page = html(MeetingForm())
    online = page.split('id="id_mode_1"')[1].split(">")[0]
    assert 'data-reveals="conditional-id_mode_1"' in online
    assert 'aria-describedby="id_mode_1-item-hint"' in online
    assert (
        '<div class="nhsuk-radios__conditional nhsuk-radios__conditional--hidden" id="conditional-id_mode_1">' in page
    )
    assert page.count('name="link"') == 1
    assert "nhsuk-radios__conditional--hidden" not in html(MeetingForm({"mode": "online"}))


def test_choice_reveals_several_fields_in_their_order():
    class PlaceForm(PageForm):
        where = RadiosField(
            label="Where?", choices=[("here", "Here"), ("new", "A new place")], reveals={"new": ("name", "address")}
        )
        name = forms.CharField(label="Its name", required=False)
        address = forms.CharField(label="Its address", required=False)

    page = html(PlaceForm())
    revealed = page.split('id="conditional-id_where_1">')[1]
    assert revealed.index('name="name"') < revealed.index('name="address"') < revealed.index("</fieldset>")
    assert page.count('name="name"') == page.count('name="address"') == 1


def test_scale_offers_0_to_10_and_no_answer():
    field = html(MeetingForm()).split("app-scale__choices")[1].split("</fieldset>")[0]
    assert field.count('type="radio"') == 12
    assert 'value="" checked' in field
    assert "Rather not say" in field
    assert [MeetingForm(TYPED | {"pain": str(n)}).fields["pain"].clean(str(n)) for n in (0, 10)] == [0, 10]
    with pytest.raises(forms.ValidationError):
        MeetingForm().fields["pain"].clean("11")


def test_yes_no_starts_with_neither_and_keeps_an_initial_answer():
    assert "checked" not in html(MeetingForm()).split('name="tea"')[1].split("</fieldset>")[0]
    form = MeetingForm(initial={"tea": False})
    assert 'value="no" checked' in html(form)


def test_initial_date_and_time_fill_their_boxes():
    page = html(MeetingForm(initial={"on": datetime.date(2026, 11, 24), "at": datetime.time(14)}))
    assert 'name="on_day" type="text" inputmode="numeric" autocomplete="off" value="24"' in page
    assert 'name="on_month" type="text" inputmode="numeric" autocomplete="off" value="11"' in page
    assert 'name="on_year" type="text" inputmode="numeric" autocomplete="off" value="2026"' in page
    assert 'name="at" value="2pm"' in page


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("24", "11", "2026"), datetime.date(2026, 11, 24)),
        (("4", "november", "26"), datetime.date(2026, 11, 4)),
        ((" 04 ", "Nov", "2026"), datetime.date(2026, 11, 4)),
    ],
)
def test_date_is_read_as_people_write_it(typed, expected):
    assert DateField().clean(list(typed)) == expected


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("31", "2", "2026"), "Enter a real date, like 24 11 2026"),
        (("24", "11", "202"), "Enter a real date, like 24 11 2026"),
        (("24", "elf", "2026"), "Enter a real date, like 24 11 2026"),
        (("-1", "11", "2026"), "Enter a real date, like 24 11 2026"),
        (("24", "", "2026"), "Enter the day, the month and the year, like 24 11 2026"),
    ],
)
def test_date_that_is_none_is_told_what_to_enter(typed, message):
    with pytest.raises(forms.ValidationError) as raised:
        DateField().clean(list(typed))
    assert raised.value.messages == [message]


def test_empty_date_is_none_unless_required():
    assert DateField(required=False).clean(["", " ", ""]) is None
    with pytest.raises(forms.ValidationError) as raised:
        DateField(error_messages={"required": "Enter the date the group meets, like 24 11 2026"}).clean(["", "", ""])
    assert raised.value.messages == ["Enter the date the group meets, like 24 11 2026"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2pm", (14, 0)),
        ("2 PM", (14, 0)),
        ("2.30pm", (14, 30)),
        ("2:30 p.m.", (14, 30)),
        ("12am", (0, 0)),
        ("12.15pm", (12, 15)),
        ("11am", (11, 0)),
        ("14:00", (14, 0)),
        ("14.00", (14, 0)),
        ("1400", (14, 0)),
        ("09:05", (9, 5)),
        ("midday", (12, 0)),
        ("Noon", (12, 0)),
        ("midnight", (0, 0)),
    ],
)
def test_time_is_read_as_people_write_it(typed, expected):
    assert TimeField().clean(typed) == datetime.time(*expected)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("half two", "Enter a time, like 2pm or 14:00"),
        ("25:00", "Enter a time, like 2pm or 14:00"),
        ("14:75", "Enter a time, like 2pm or 14:00"),
        ("13pm", "Enter a time, like 2pm or 14:00"),
        ("0am", "Enter a time, like 2pm or 14:00"),
        ("2", "Add am or pm to the time, like 2:30pm"),
        ("7:30", "Add am or pm to the time, like 2:30pm"),
    ],
)
def test_time_that_is_none_is_told_what_to_enter(typed, message):
    with pytest.raises(forms.ValidationError) as raised:
        TimeField().clean(typed)
    assert raised.value.messages == [message]


def test_layout_fields_group_fields_under_a_legend():
    class GroupedForm(MeetingForm):
        def layout_fields(self):
            return [Fieldset("The meeting", "title", "at")]

    page = html(GroupedForm())
    assert '<legend class="nhsuk-fieldset__legend nhsuk-fieldset__legend--m">The meeting</legend>' in page
    assert 'name="at"' in page
    assert 'name="note"' not in page


def test_form_with_a_field_that_does_not_exist_is_an_error():
    class WrongForm(MeetingForm):
        def layout_fields(self):
            return ["titel"]

    with pytest.raises(Exception, match="titel"):
        html(WrongForm())


# Drafts


def test_form_says_that_its_draft_is_kept_and_one_that_saves_itself_does_not():
    class Note(PageForm):
        text = forms.CharField()

    class Code(Note):
        keeps_draft = False

    assert "data-draft" in render_crispy_form(Note())
    assert "data-draft" not in render_crispy_form(Code())
