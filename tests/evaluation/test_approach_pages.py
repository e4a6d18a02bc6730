"""Asking people through the pages: drawing, the person's own answer, what researchers write down, and who gets in."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Approach, ApproachKey, IdentityKey, Participant, ResearchWish, SamplingFrame
from groups.models import Membership
from peersupport.access.log import looks_at
from tests.factories import MembershipFactory, StudyFactory, SupportGroupFactory, approached

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def criteria(*groups, kinds=("member",), who="new"):
    return {"groups": [group.pk for group in groups], "kinds": list(kinds), "who": who}


@pytest.fixture
def approach(study, group, member):
    """`member` was drawn and invited."""
    return approached(study=study, to=member, group=group)


@pytest.fixture
def draw_page(sign_in, study, group, interviewer):
    """Where to draw from the members of `group`."""
    sign_in(interviewer)
    return f"{address('frame_draw', study.pk)}?groups={group.pk}&kinds=member&who=new"


# Drawing


def test_criteria_lead_to_how_many_there_are_and_nobody_is_drawn_yet(sign_in, study, group, member, interviewer, form):
    page = sign_in(interviewer).post(address("frame_choose", study.pk), criteria(group), follow=True)
    assert page.redirect_chain[0][0].startswith(address("frame_draw", study.pk))
    assert "a few" in page.text
    assert member.preferred_name not in page.text
    assert not Approach.objects.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"groups": []}, "Choose one group or more"),
        ({"kinds": []}, "Choose one kind of people or more"),
        ({"who": ""}, "Choose whether they were asked before"),
        ({"kinds": ["clinician"]}, "Choose one of the answers"),
    ],
)
def test_criteria_left_out_are_asked_for(sign_in, study, group, interviewer, changed, sentence):
    page = sign_in(interviewer).post(address("frame_choose", study.pk), criteria(group) | changed)
    assert sentence in page.text


def test_groups_of_other_studies_can_not_be_drawn_from(sign_in, study, interviewer, form):
    other = SupportGroupFactory()
    MembershipFactory(group=other)
    client = sign_in(interviewer)
    assert "frame_choose" not in client.post(address("frame_choose", study.pk), criteria(other)).headers
    query = f"?groups={other.pk}&kinds=member&who=new"
    page = client.post(address("frame_draw", study.pk) + query, {"method": "whole"})
    assert page.url == address("frame_choose", study.pk)
    assert not Approach.objects.exists()


def test_drawing_invites_and_shows_codes_only(client, draw_page, study, group, member, form):
    MembershipFactory.create_batch(3, group=group)
    page = client.post(draw_page, {"method": "random", "wanted": "2"}, follow=True)
    frame = SamplingFrame.objects.get()
    assert "2 people are drawn and invited." in page.text
    assert frame.seed in page.text
    assert set(Approach.objects.values_list("code", flat=True)) == {row.code for row in page.context["page"].rows}
    names = [key.person.preferred_name for key in ApproachKey.objects.select_related("person")]
    assert [name for name in names if name in page.text] == []


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({}, "Choose some of them, or all"),
        ({"method": "random"}, "Enter how many people to draw, like 12"),
        ({"method": "random", "wanted": "0"}, "Enter a number that is 1 or more"),
        ({"method": "random", "wanted": "some"}, "Enter a whole number, like 4"),
    ],
)
def test_how_many_is_asked_for(client, draw_page, member, form, posted, sentence):
    assert sentence in client.post(draw_page, posted | {"sent": "1"}).text
    assert not SamplingFrame.objects.exists()


def test_why_nobody_can_be_drawn_is_said(client, draw_page, member, study):
    assert "once it has a consent form" in client.post(draw_page, {"method": "whole"}).text


def test_nobody_to_draw_is_said(client, draw_page, form):
    assert "There is nobody to ask." in client.post(draw_page, {"method": "whole"}).text


# Who gets in


@pytest.mark.parametrize("duty", ["analyst", "key_holder"])
def test_others_of_the_team_see_none_of_it(sign_in, study, approach, request, duty):
    client = sign_in(request.getfixturevalue(duty))
    pages = [address(name, study.pk) for name in ("approach_list", "approach_add", "frame_choose", "frame_draw")]
    assert {client.get(page).status_code for page in pages} == {403}
    assert client.get(approach.get_absolute_url()).status_code == 404
    assert address("approach_list", study.pk) not in client.get(study.get_absolute_url()).text


def test_another_study_s_team_gets_404(sign_in, approach, lead):
    other = approached(study=StudyFactory())
    client = sign_in(lead)
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(address("outcome_record", other.pk)).status_code == 404
    assert client.get(address("approach_list", other.study_id)).status_code == 404


def test_only_the_person_asked_has_the_page_to_answer(sign_in, approach, lead):
    for person in (lead, MembershipFactory(group=approach.group).person):
        client = sign_in(person)
        assert client.get(address("approach_answer", approach.pk)).status_code == 404
        assert client.post(address("approach_decline", approach.pk)).status_code == 404


# The person's own side


def test_an_invitation_stands_on_ones_own_page_and_leads_to_the_form(client, study, approach, member, form):
    client.force_login(member)
    page = client.get(address("my_research"))
    assert address("approach_answer", approach.pk) in page.text
    assert list(page.context["open_studies"]) == []
    page = client.get(address("approach_answer", approach.pk))
    assert form.text in page.text
    assert address("consent_answer", study.pk) in page.text
    assert approach.code in page.text


def test_whoever_left_can_answer_once_they_are_asked_and_not_before(client, study, group, form, now):
    left = MembershipFactory(group=group, state="left", joined_at=now - timedelta(days=9), ended_at=now).person
    client.force_login(left)
    assert client.get(address("consent_answer", study.pk)).status_code == 404
    approach = approached(study=study, to=left, group=group, kind="left")
    assert client.get(address("consent_answer", study.pk)).status_code == 200
    answers = {f"statement_{row.pk}": "yes" for row in form.statements.all()}
    client.post(address("consent_answer", study.pk), answers | {"version": form.version})
    assert Participant.objects.get().kind == "left"
    assert Approach.objects.with_state().get(pk=approach.pk).state == "agreed"


def test_no_thanks_takes_a_reason_or_none(client, study, group, approach, member, form):
    client.force_login(member)
    words = {"reason": "private", "words": "It is mine."}
    page = client.post(address("approach_decline", approach.pk), words, follow=True)
    assert "Nobody asks you again for this study." in page.text
    assert (approach.steps.last().reason, approach.steps.last().words) == ("private", "It is mine.")
    other = MembershipFactory(group=group).person
    second = approached(study=study, to=other, group=group)
    client.force_login(other)
    client.post(address("approach_decline", second.pk), {})
    assert (second.steps.last().reason, second.steps.last().words) == ("not_said", "")


def test_a_no_said_twice_is_said_once(client, approach, member, form):
    client.force_login(member)
    client.post(address("approach_decline", approach.pk), {})
    assert "This was answered meanwhile." in client.post(address("approach_decline", approach.pk), {}).text
    assert "Nothing waits for you here." in client.get(address("approach_answer", approach.pk)).text
    assert approach.steps.count() == 2


def test_words_that_are_too_long_are_not_cut(client, approach, member, form):
    client.force_login(member)
    page = client.post(address("approach_decline", approach.pk), {"words": "a" * 501})
    assert "Use 500 characters or fewer. You have used 501." in page.text
    assert approach.steps.count() == 1


def test_everyone_can_say_that_nobody_may_ask_and_take_it_back(client, study, form, member):
    client.force_login(member)
    assert list(client.get(address("my_research")).context["open_studies"]) == [study]
    client.post(address("asking_edit"), {"may_be_asked": "no"})
    page = client.get(address("my_research"))
    assert list(page.context["open_studies"]) == []
    assert "You said that researchers should not ask you." in page.text
    assert study.title not in client.get(reverse("home")).text
    client.post(address("asking_edit"), {"may_be_asked": "yes"})
    assert list(client.get(address("my_research")).context["open_studies"]) == [study]


def test_the_wish_has_to_be_chosen(client, member):
    client.force_login(member)
    assert "Choose whether researchers may ask you" in client.post(address("asking_edit"), {"sent": "1"}).text
    assert not ResearchWish.objects.exists()


def test_leave_about_groups_is_given_by_whoever_is_out_of_them(client, group, member, now):
    left = MembershipFactory(person=member, state="never_attended", joined_at=now - timedelta(days=9), ended_at=now)
    other = MembershipFactory(state="left", joined_at=now - timedelta(days=9), ended_at=now)
    client.force_login(member)
    page = client.get(address("asking_edit"))
    assert left.group.name in page.text
    assert other.group.name not in page.text
    posted = {"may_be_asked": "yes", "groups_left": [left.pk]}
    client.post(address("asking_edit"), posted)
    assert list(Membership.objects.filter(researchers_may_ask=True)) == [left]
    page = client.post(address("asking_edit"), posted | {"groups_left": [other.pk]})
    assert "Choose one of the answers" in page.text
    client.post(address("asking_edit"), {"may_be_asked": "yes"})
    assert not Membership.objects.filter(researchers_may_ask=True).exists()


@pytest.mark.parametrize(("ticked", "kept"), [({}, False), ({"researchers_may_ask": "on"}, True)])
def test_leaving_a_group_asks_whether_researchers_may_still_ask(client, group, member, ticked, kept):
    client.force_login(member)
    leave = reverse("groups:group_leave", args=[group.pk])
    assert "Researchers may still ask me about this group" in client.get(leave).text
    client.post(leave, {"reason": "", **ticked})
    assert member.memberships.get().researchers_may_ask is kept


# What researchers write down


ASKED = {"kind": "clinician", "way": "in_person"}


def on(day):
    return {f"happened_on_{part}": getattr(day, part) for part in ("day", "month", "year")}


def test_a_clinician_asked_by_hand_agrees_and_becomes_a_participant(sign_in, study, interviewer):
    client, today = sign_in(interviewer), timezone.localdate()
    page = client.post(address("approach_add", study.pk), ASKED | on(today), follow=True)
    approach = Approach.objects.get()
    assert f"Saved under the code {approach.code}." in page.text
    said = {"step": "agreed", "way": "in_person"} | on(today)
    page = client.post(address("outcome_record", approach.pk), said, follow=True)
    add = f"{address('participant_add', study.pk)}?approach={approach.pk}"
    assert add in page.text
    assert approach.code in client.get(add).text
    page = client.post(add, {"kind": "clinician", "name": "Dr Shah", "contact": ""}, follow=True)
    participant = Participant.objects.get()
    assert (participant.approach, IdentityKey.objects.get().name) == (approach, "Dr Shah")
    page = client.get(approach.get_absolute_url())
    assert participant.pseudonym in page.text
    assert "Shah" not in page.text
    assert "can see that you opened this page" not in page.text
    assert add not in page.text
    page = client.post(add, {"kind": "clinician", "name": "Dr Shah", "contact": ""})
    assert "They are in the study already" in page.text
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("state", ["invited", "declined"])
def test_nobody_is_added_who_did_not_agree(sign_in, study, interviewer, state):
    approach = approached(study=study, steps=("invited", "declined")[: 1 + (state == "declined")])
    client = sign_in(interviewer)
    add = f"{address('participant_add', study.pk)}?approach={approach.pk}"
    assert add not in client.get(approach.get_absolute_url()).text
    assert "have not agreed" in client.post(add, {"kind": "member", "name": "Ann", "contact": ""}).text
    assert not Participant.objects.exists()


def test_an_approach_of_another_study_leads_nowhere(sign_in, study, interviewer):
    other = approached(study=StudyFactory())
    client = sign_in(interviewer)
    assert client.get(f"{address('participant_add', study.pk)}?approach={other.pk}").status_code == 404
    assert client.get(f"{address('participant_add', study.pk)}?approach=x").status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": ""}, "Choose who they are to the groups"),
        ({"way": ""}, "Choose how you asked them"),
        ({"way": "service"}, "Choose one of the answers"),
        ({"happened_on_year": ""}, "Enter the day you asked them, like 24 11 2026"),
        ({"happened_on_year": "2090"}, "Enter a day that is not in the future"),
        ({"group": "0"}, "Choose one of the answers"),
    ],
)
def test_what_is_wrong_with_an_approach_is_said(sign_in, study, interviewer, changed, sentence):
    posted = ASKED | on(timezone.localdate()) | changed
    if changed.get("happened_on_year") == "":
        posted |= {"happened_on_day": "", "happened_on_month": ""}
    assert sentence in sign_in(interviewer).post(address("approach_add", study.pk), posted).text
    assert not Approach.objects.exists()


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"step": ""}, "Choose what came of it"),
        ({"step": "agreed"}, "Choose one of the answers"),
        ({"step": "not_reached"}, "They have three weeks to answer."),
        ({"step": "declined", "way": ""}, "Choose how you heard or tried"),
        ({"step": "declined", "days_ago": 9}, "Enter a day that is not before they were asked."),
    ],
)
def test_what_is_wrong_with_an_outcome_is_said(sign_in, study, group, member, interviewer, posted, sentence):
    approach = approached(study=study, to=member, group=group, days_ago=5)
    day = timezone.localdate() - timedelta(days=posted.pop("days_ago", 0))
    page = sign_in(interviewer).post(address("outcome_record", approach.pk), {"way": "phone"} | on(day) | posted)
    assert sentence in page.text
    assert approach.steps.count() == 1


def test_a_look_at_why_someone_said_no_is_written_down_for_them(sign_in, study, group, member, interviewer):
    approach = approached(study=study, to=member, group=group, steps=("invited", "declined"), words="It is mine.")
    client = sign_in(interviewer)
    page = client.get(approach.get_absolute_url()).text
    assert "It is mine." in page
    assert "The person can see that you opened this page." in page
    look = looks_at(member).get()
    assert (look.actor, look.object_id, look.route) == (interviewer, approach.pk, "evaluation:approach_detail")
    client.force_login(member)
    assert "being asked to take part in a study" in client.get(address("my_research")).text


# Lists


def test_the_list_shows_all_or_those_of_one_state(sign_in, study, group, interviewer):
    rows = {
        "invited": approached(study=study, days_ago=5),
        "declined": approached(study=study, steps=("invited", "declined")),
        "unanswered": approached(study=study, days_ago=21),
    }
    client = sign_in(interviewer)

    def shown(state):
        page = client.get(address("approach_list", study.pk), {"state": state})
        return {row.code for row in page.context["page"].rows}

    assert shown("") == shown("nonsense") == {row.code for row in rows.values()}
    assert shown("declined") == {rows["declined"].code}
    assert shown("invited") == {rows["invited"].code, rows["unanswered"].code}
    assert shown("unanswered") == {rows["unanswered"].code}
    page = client.get(study.get_absolute_url())
    tasks = {str(task.label): task.count for task in page.context["worklist"]}
    assert tasks["Invited, and no answer for three weeks"] == 1


def test_lists_cost_the_same_for_one_and_three(sign_in, study, group, interviewer, form, lead, queries_of, client):
    sign_in(interviewer)
    counts = []
    for number in range(3):
        frame = SamplingFrame.objects.create(
            study=study, number=number + 1, kinds=["member"], asks_again=False, method="whole", algorithm=1, size=1,
            drawn_by=lead, drawn_at=timezone.now(),
        )  # fmt: skip
        frame.groups.add(group)
        approach = approached(study=study, to=MembershipFactory(group=group).person, group=group, steps=())
        for step in ("invited", "declined"):
            approach.steps.create(
                step=step, way="service", frame=frame if step == "invited" else None,
                reason="no_time" if step == "declined" else "", happened_on=timezone.localdate(), taken_by=lead,
                taken_at=timezone.now(),
            )  # fmt: skip
        if number in (0, 2):
            pages = (address("approach_list", study.pk), frame.get_absolute_url(), approach.get_absolute_url())
            counts.append([queries_of(page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 13


def test_own_pages_cost_the_same_for_one_and_three(client, group, member, now, form, queries_of):
    client.force_login(member)
    counts = []
    for number in range(3):
        study = StudyFactory(starts_on=now.date())
        study.groups.add(group)
        form.study.consent_forms.model.objects.create(
            study=study, version=1, text="Read", checksum="0" * 64, published_at=now
        )
        approach = approached(study=study, to=member, group=group)
        MembershipFactory(person=member, state="left", joined_at=now - timedelta(days=9), ended_at=now)
        if number in (0, 2):
            pages = (address("my_research"), address("approach_answer", approach.pk), address("asking_edit"))
            counts.append([queries_of(page) for page in pages])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
