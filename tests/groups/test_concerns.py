"""Concerns: who reads them, what is kept of it, and that nobody else ever sees a word."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from groups.models import Concern, ConcernStep, SafeguardingPost
from groups.refusals import ConcernClosed, HoldsOtherPost, NobodyReadsConcerns
from groups.services.concern import close_concern, pass_on_concern, raise_concern, read_concern
from groups.services.safeguarding import end_safeguarding, name_safeguarding
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import (
    ConcernFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SafeguardingPostFactory,
    SiteFactory,
    SupportGroupFactory,
)
from tests.messages import letter_of, reason_against

pytestmark = pytest.mark.django_db
WORDS = "Zq7 he shouted and blocked the door"


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def group(site):
    return SupportGroupFactory(site=site, name="Tuesday group")


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria", person__email="maria@example.org").person


@pytest.fixture
def lead(site):
    return SafeguardingPostFactory(site=site, person__preferred_name="Lena").person


@pytest.fixture
def deputy(site):
    return SafeguardingPostFactory(site=site, is_deputy=True, person__preferred_name="Dele").person


@pytest.fixture
def coordinator(site):
    return ProgrammeStaffFactory(site=site, person__preferred_name="Priya").person


@pytest.fixture
def concern(group, member, lead, deputy):
    return ConcernFactory(group=group, raised_by=member, text=WORDS)


def address(name, *args):
    return reverse(f"groups:{name}", args=args)


def why_not(message):
    return reason_against(message, timezone.now())


# Raising one


def test_the_page_says_999_first_and_then_who_reads_it(sign_in, group, member, lead, deputy):
    page = sign_in(member).get(address("concern_raise", group.pk)).text
    page = page[page.index("<main") :]
    order = [page.index(words) for words in ("999", "111", "Lena", "Dele", "What worries you?")]
    assert order == sorted(order)
    assert "That can take some days." in page


def test_a_concern_goes_to_lead_and_deputy(sign_in, group, member, lead, deputy, coordinator):
    page = sign_in(member).post(address("concern_raise", group.pk), {"text": WORDS}, follow=True).text
    concern = Concern.objects.get()
    assert (concern.site, concern.group, concern.raised_by, concern.state) == (group.site, group, member, "sent")
    assert "Sent, not read yet" in page
    assert WORDS in page
    assert set(Message.objects.values_list("kind", "recipient")) == {
        ("groups.concern_raised", lead.pk),
        ("groups.concern_raised", deputy.pk),
    }


def test_a_mail_about_a_concern_holds_nothing_of_it(group, member, lead):
    raise_concern(group=group, text=WORDS, by=member, now=timezone.now())
    letter = letter_of(Message.objects.get())
    written = f"{letter.subject} {letter.body} {letter.alternatives[0].content}"
    assert "/concerns/" in written
    held = (
        "Zq7",
        "Tuesday group",
        "Southmead",
        "Maria",
        "maria@",
        "safety",
        "concern waits",
        f"/{Concern.objects.get().pk}/",
    )
    assert [words for words in held if words in written] == []


def test_an_empty_concern_gets_a_sentence(sign_in, group, member, lead):
    assert "Enter what worries you" in sign_in(member).post(address("concern_raise", group.pk), {"text": ""}).text
    assert not Concern.objects.exists()


def test_a_site_that_named_nobody_says_whom_to_turn_to(sign_in, group, member, coordinator):
    page = sign_in(member).get(address("concern_raise", group.pk)).text
    assert "Southmead has not named anyone" in page
    assert "adult social care team" in page
    assert "<textarea" not in page


def test_when_the_last_reader_goes_meanwhile_nothing_typed_is_lost(sign_in, group, member, lead):
    SafeguardingPost.objects.update(ended_at=timezone.now())
    with pytest.raises(NobodyReadsConcerns):
        raise_concern(group=group, text=WORDS, by=member, now=timezone.now())
    page = sign_in(member).post(address("concern_raise", group.pk), {"text": WORDS}).text
    assert "so it was not sent" in page
    assert not Concern.objects.exists()


def test_a_post_at_another_site_reads_nothing_here(sign_in, concern):
    elsewhere = SafeguardingPostFactory().person
    client = sign_in(elsewhere)
    assert client.get(concern.get_absolute_url()).status_code == 404
    assert "Sent on" not in client.get(address("concern_list")).text


# Reading one


@pytest.mark.parametrize("who", ["coordinator", "tutor", "contact", "peer", "administrator", "former_lead"])
def test_nobody_else_finds_it(sign_in, group, concern, coordinator, who):
    people = {
        "coordinator": lambda: coordinator,
        "tutor": lambda: RoleTermFactory(group=group, role="tutor").person,
        "contact": lambda: RoleTermFactory(group=group).person,
        "peer": lambda: MembershipFactory(group=group).person,
        "administrator": lambda: PersonFactory(is_staff=True, is_superuser=True),
        "former_lead": lambda: SafeguardingPostFactory(site=SiteFactory(), ended_at=timezone.now()).person,
    }
    client = sign_in(people[who]())
    for name in ("concern_detail", "concern_pass_on", "concern_close"):
        assert client.get(address(name, concern.pk)).status_code == 404
    assert client.post(address("concern_read", concern.pk)).status_code == 404
    pages = [client.get(url).text for url in (address("concern_list"), "/", address("group_list"))]
    assert [page for page in pages if "Zq7" in page or concern.get_absolute_url() in page] == []


def test_the_lead_opens_it_and_the_raiser_sees_that(sign_in, concern, lead, member):
    client = sign_in(lead)
    page = client.get(concern.get_absolute_url()).text
    assert ("Zq7" in page, "Maria" in page) == (False, False)
    page = client.post(address("concern_read", concern.pk), follow=True).text
    assert ("Zq7" in page, "Maria, maria@example.org" in page) == (True, True)
    concern.refresh_from_db()
    assert concern.state == "seen"
    page = sign_in(member).get(concern.get_absolute_url()).text
    assert "Read: Lena," in page


def test_the_deputy_reads_it_for_themselves(sign_in, concern, lead, deputy):
    read_concern(concern=concern, by=lead, now=timezone.now())
    client = sign_in(deputy)
    assert "Zq7" not in client.get(concern.get_absolute_url()).text
    assert "Zq7" in client.post(address("concern_read", concern.pk), follow=True).text
    assert list(concern.steps.values_list("state", "by")) == [("seen", lead.pk), ("seen", deputy.pk)]


def test_reading_twice_is_once_and_never_goes_back(concern, lead, deputy):
    now = timezone.now()
    read_concern(concern=concern, by=lead, now=now)
    pass_on_concern(concern=concern, note="The council", by=lead, now=now + timedelta(minutes=1))
    read_concern(concern=concern, by=lead, now=now + timedelta(minutes=2))
    read_concern(concern=concern, by=deputy, now=now + timedelta(minutes=3))
    concern.refresh_from_db()
    assert concern.state == "passed_on"
    assert list(concern.steps.values_list("state", flat=True)) == ["seen", "passed_on", "seen"]


def test_passing_on_and_closing_are_kept_with_who_and_when(sign_in, concern, lead, member):
    client = sign_in(lead)
    client.post(address("concern_read", concern.pk))
    page = client.post(address("concern_pass_on", concern.pk), {"note": "Rang Ms Key"}, follow=True).text
    assert ("Passed on: Lena," in page, "Rang Ms Key" in page) == (True, True)
    page = client.post(address("concern_close", concern.pk), {"note": "Talked it through"}, follow=True).text
    assert ("Closed: Lena," in page, "Talked it through" in page) == (True, True)
    assert "Pass it on" not in page
    page = sign_in(member).get(concern.get_absolute_url()).text
    assert "Closed: Lena," in page
    assert [words for words in ("Rang Ms Key", "Talked it through") if words in page] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("concern_pass_on", "Enter to whom it was passed on"), ("concern_close", "Enter how it ended")],
)
def test_a_step_without_words_gets_a_sentence(sign_in, concern, lead, name, sentence):
    assert sentence in sign_in(lead).post(address(name, concern.pk), {"note": ""}).text
    assert not concern.steps.exists()


def test_a_closed_concern_stays_closed(concern, lead):
    close_concern(concern=concern, note="Done", by=lead, now=timezone.now())
    for step in (close_concern, pass_on_concern):
        with pytest.raises(ConcernClosed):
            step(concern=concern, note="Again", by=lead, now=timezone.now())


def test_closing_what_is_closed_says_so_and_keeps_the_words(sign_in, concern, lead):
    close_concern(concern=concern, note="Done", by=lead, now=timezone.now())
    page = sign_in(lead).post(address("concern_close", concern.pk), {"note": "Kept words"}).text
    assert "This concern has been closed in the meantime." in page
    assert "Kept words" in page


def test_steps_are_never_changed(concern, lead):
    read_concern(concern=concern, by=lead, now=timezone.now())
    for change in (lambda rows: rows.update(note="Other"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ConcernStep.objects.all())


def test_every_look_is_in_the_log_of_whoever_raised_it(sign_in, concern, lead, member):
    client = sign_in(lead)
    client.get(concern.get_absolute_url())
    assert not AccessLogEntry.objects.exists()
    client.post(address("concern_read", concern.pk), follow=True)
    client.get(concern.get_absolute_url())
    kept = AccessLogEntry.objects.filter(actor=lead, subject=member, object_id=concern.pk).order_by("pk")
    assert list(kept.values_list("action", flat=True)) == ["changed", "viewed", "viewed"]


def test_ones_own_look_is_not_logged(sign_in, concern, member):
    assert WORDS in sign_in(member).get(concern.get_absolute_url()).text
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_queries(sign_in, group, lead, member, number, django_assert_num_queries):
    for _number in range(number):
        concern = ConcernFactory(group=group, raised_by=member)
        read_concern(concern=concern, by=lead, now=timezone.now())
        for _step in range(number):
            pass_on_concern(concern=concern, note="x", by=lead, now=timezone.now())
    client = sign_in(lead)
    client.get(address("concern_list"))
    with django_assert_num_queries(6):
        client.get(address("concern_list"))
    with django_assert_num_queries(8):
        client.get(concern.get_absolute_url())


def test_raising_one_takes_few_queries(sign_in, group, member, lead, deputy, django_assert_max_num_queries):
    client = sign_in(member)
    with django_assert_max_num_queries(15):
        client.post(address("concern_raise", group.pk), {"text": WORDS})
    assert Concern.objects.exists()


# Mails that are no longer true


def test_a_mail_is_not_sent_once_it_is_read_or_the_post_is_over(group, member, lead, deputy):
    concern = raise_concern(group=group, text=WORDS, by=member, now=timezone.now())
    to_lead, to_deputy = Message.objects.order_by("recipient")
    assert (why_not(to_lead), why_not(to_deputy)) == ("", "")
    SafeguardingPost.objects.filter(person=deputy).update(ended_at=timezone.now())
    assert (why_not(to_lead), why_not(to_deputy)) == ("", "They are not in this post any more.")
    read_concern(concern=concern, by=lead, now=timezone.now())
    assert why_not(to_lead) == "It has been read already."


# Who reads them


def test_a_coordinator_names_lead_and_deputy(sign_in, site, coordinator):
    client = sign_in(coordinator)
    assert "Until then nobody can raise a concern here." in client.get(address("safeguarding_detail", site.pk)).text
    for post, name in (("lead", "Lena"), ("deputy", "Dele")):
        typed = {"preferred_name": name, "email": f"{name.lower()}@example.org"}
        client.post(reverse("groups:safeguarding_name", args=[site.pk, post]), typed)
    page = client.get(address("safeguarding_detail", site.pk)).text
    assert ("Lena, lena@example.org" in page, "Dele, dele@example.org" in page) == (True, True)
    held = SafeguardingPost.objects.current().order_by("is_deputy").values_list("is_deputy", "person__preferred_name")
    assert list(held) == [(False, "Lena"), (True, "Dele")]
    letter = letter_of(Message.objects.order_by("pk").first())
    assert (letter.to, letter.subject) == (["lena@example.org"], "Priya has named you for a role")
    assert "as safeguarding lead of Southmead, to read concerns." in letter.body


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"preferred_name": ""}, "Enter the name they like to be called"),
        ({"email": ""}, "Enter their email address"),
        ({"email": "lena"}, "Enter an email address in the right format"),
    ],
)
def test_naming_nobody_gets_a_sentence(sign_in, site, coordinator, change, sentence):
    typed = {"preferred_name": "Lena", "email": "lena@example.org"} | change
    page = sign_in(coordinator).post(reverse("groups:safeguarding_name", args=[site.pk, "lead"]), typed).text
    assert sentence in page
    assert not SafeguardingPost.objects.exists()


def name(site, by, email, *, is_deputy=False):
    return name_safeguarding(
        site=site, is_deputy=is_deputy, preferred_name="Someone", email=email, by=by, now=timezone.now()
    )


def test_naming_someone_else_ends_the_one_before(site, coordinator, lead):
    post = name(site, coordinator, "new@example.org")
    held = SafeguardingPost.objects.current().get()
    assert (held, held.person.email) == (post, "new@example.org")
    assert SafeguardingPost.objects.get(person=lead).ended_at is not None


def test_naming_the_same_person_again_changes_nothing(site, coordinator, lead):
    assert name(site, coordinator, lead.email).person == lead
    assert SafeguardingPost.objects.count() == 1
    assert not Message.objects.exists()


def test_nobody_stands_in_for_themselves(sign_in, site, coordinator, lead):
    with pytest.raises(HoldsOtherPost):
        name(site, coordinator, lead.email, is_deputy=True)
    typed = {"preferred_name": "Lena", "email": lead.email}
    page = sign_in(coordinator).post(reverse("groups:safeguarding_name", args=[site.pk, "deputy"]), typed).text
    assert "so that one can stand in" in page


def test_ending_a_post_ends_what_it_sees(sign_in, site, coordinator, concern, lead):
    page = sign_in(coordinator).post(reverse("groups:safeguarding_end", args=[site.pk, "lead"]), follow=True).text
    assert "They read no more concerns of this site." in page
    assert sign_in(lead).get(concern.get_absolute_url()).status_code == 404


def test_ending_twice_is_once(site, coordinator, lead):
    post = SafeguardingPost.objects.get(person=lead)
    first = timezone.now()
    end_safeguarding(post=post, by=coordinator, now=first)
    end_safeguarding(post=post, by=coordinator, now=first + timedelta(days=1))
    post.refresh_from_db()
    assert post.ended_at == first
    assert AccessLogEntry.objects.filter(subject=lead).count() == 1


def test_a_mail_about_a_post_that_is_over_is_not_sent(site, coordinator):
    post = name(site, coordinator, "new@example.org")
    message = Message.objects.get()
    assert why_not(message) == ""
    end_safeguarding(post=post, by=coordinator, now=timezone.now())
    assert why_not(message) == "They are not in this post any more."


def test_lead_and_deputy_need_a_second_factor_and_have_their_page_in_the_menu(client, sign_in, lead):
    client.force_login(lead)
    assert client.get(address("concern_list")).status_code == 302
    assert f'href="{address("concern_list")}"' in sign_in(lead).get("/").text
