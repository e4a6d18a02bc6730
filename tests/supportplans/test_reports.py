"""Reporting what is shared: who hears of it, what they see of it, and what its owner reads."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from peersupport.access.log import looks_at
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from supportplans.models import Goal, PersonalPlanSection, Report, ReportStep
from supportplans.refusals import NotSharedNow, Settled
from supportplans.services.report import hide_item, leave_item, report_item, show_item
from supportplans.services.sharing import change_audience
from tests.factories import (
    NOW,
    GoalFactory,
    GoalShareFactory,
    MembershipFactory,
    PersonalPlanSectionFactory,
    PersonalPlanShareFactory,
    ProgrammeStaffFactory,
    ReportFactory,
    RoleTermFactory,
)
from tests.messages import letter_of, reason_against

pytestmark = pytest.mark.django_db
WORDS = "Zq7 words of the reporter"


def address(name, *rows):
    return reverse(f"supportplans:{name}", args=[row.pk for row in rows])


@pytest.fixture
def ana(group):
    """Whose goal it is."""
    return MembershipFactory(group=group, person__preferred_name="Ana")


@pytest.fixture
def ben(group):
    """Who reports it."""
    return MembershipFactory(group=group, person__preferred_name="Ben", person__email="ben@example.org")


@pytest.fixture
def joan(group):
    """The contact."""
    membership = MembershipFactory(group=group, person__preferred_name="Joan")
    RoleTermFactory(group=group, person=membership.person)
    return membership


@pytest.fixture
def coordinator(group):
    return ProgrammeStaffFactory(site=group.site).person


@pytest.fixture
def goal(ana):
    goal = GoalFactory(person=ana.person, what="Zq7 goal", why="Zq7 why")
    GoalShareFactory(item=goal, membership=ana)
    return goal


@pytest.fixture
def report(goal, ana, ben):
    return ReportFactory(goal=goal, membership=ana, reported_by=ben.person, words=WORDS)


def told():
    return set(Message.objects.filter(kind="supportplans.report_made").values_list("recipient", flat=True))


def send(goal, by, now=NOW):
    report_item(item=goal, reason="unkind", words=WORDS, by=by, now=now)


# Who is told


def test_role_holder_and_tutor_are_told_and_the_coordinator_is_not(goal, ben, joan, tutor, coordinator):
    send(goal, ben.person)
    assert told() == {joan.person_id, tutor.pk}


def test_the_same_report_twice_is_one(goal, ben, joan):
    for _time in range(2):
        send(goal, ben.person)
    assert (Report.objects.count(), Message.objects.count()) == (1, 1)


def test_what_was_left_can_be_reported_again(goal, ben, joan):
    send(goal, ben.person)
    leave_item(report=Report.objects.get(), by=joan.person, now=NOW)
    send(goal, ben.person)
    assert Report.objects.count() == 2


@pytest.mark.parametrize("who", ["owner", "reporter"])
def test_where_the_only_role_holder_is_part_of_it_the_coordinator_is_told(goal, ana, ben, coordinator, who):
    RoleTermFactory(group=ana.group, person=(ana if who == "owner" else ben).person)
    send(goal, ben.person)
    assert told() == {coordinator.pk}


def test_owner_who_is_the_only_role_holder_leaves_it_to_the_tutor(goal, ana, ben, tutor, coordinator):
    RoleTermFactory(group=ana.group, person=ana.person)
    send(goal, ben.person)
    assert told() == {tutor.pk}


def test_what_is_for_chosen_members_goes_to_whom_of_them_looks_after_the_group(
    goal, ana, ben, joan, tutor, coordinator
):
    deputy = MembershipFactory(group=ana.group)
    RoleTermFactory(group=ana.group, person=deputy.person, role="deputy")
    change_audience(item=goal, audience=[(ana, ben), (ana, joan)], by=ana.person, now=NOW)
    send(goal, ben.person)
    assert told() == {joan.person_id}


def test_what_no_role_holder_sees_goes_to_the_coordinator(goal, ana, ben, joan, tutor, coordinator):
    change_audience(item=goal, audience=[(ana, ben)], by=ana.person, now=NOW)
    send(goal, ben.person)
    assert told() == {coordinator.pk}
    assert not Report.objects.visible_to(joan.person).exists()


def test_each_group_in_which_it_is_seen_is_told(goal, ana, ben, joan):
    elsewhere = MembershipFactory(person=ana.person)
    MembershipFactory(group=elsewhere.group, person=ben.person)
    contact = RoleTermFactory(group=elsewhere.group, person=MembershipFactory(group=elsewhere.group).person).person
    GoalShareFactory(item=goal, membership=elsewhere)
    send(goal, ben.person)
    assert told() == {joan.person_id, contact.pk}
    assert [len(Report.objects.visible_to(person)) for person in (joan.person, contact)] == [1, 1]


def test_what_is_not_shared_with_someone_they_cannot_report(goal, ana):
    for person in (ana.person, MembershipFactory().person):
        with pytest.raises(NotSharedNow):
            send(goal, person)
    assert not Report.objects.exists()


# The mail


def test_the_mail_names_nobody_and_nothing(goal, ben, joan):
    send(goal, ben.person)
    letter = letter_of(Message.objects.get())
    written = f"{letter.subject} {letter.body} {letter.alternatives[0].content}"
    assert [words for words in ("Zq7", "Ana", "Ben", "ben@", "unkind", "goal") if words in written] == []
    assert Report.objects.get().get_absolute_url() in written


def test_the_mail_is_not_sent_once_it_is_of_no_use(goal, ana, ben, joan, tutor):
    send(goal, ben.person)
    to_joan, to_tutor = (Message.objects.get(recipient=person) for person in (joan.person, tutor))
    assert (reason_against(to_joan, NOW), reason_against(to_tutor, NOW)) == ("", "")
    tutor.role_terms.update(ended_at=NOW)
    assert reason_against(to_tutor, NOW) == "They do not look after it any more."
    hide_item(report=Report.objects.get(), reason="It names Cal", by=joan.person, now=NOW)
    assert reason_against(to_joan, NOW) == "It has been looked at already."


# What each sees


def test_role_holder_sees_what_it_is_and_the_words_and_not_from_whom(sign_in, report, joan):
    client = sign_in(joan.person)
    pages = client.get(report.get_absolute_url()).text, client.get(address("report_list")).text
    assert [word in pages[0] for word in ("Zq7 goal", WORDS, "Ana")] == [True, True, True]
    assert [word for word in ("Ben", "ben@") for page in pages if word in page] == []


def test_coordinator_sees_whose_in_which_group_and_why_and_no_content(sign_in, report, coordinator, joan):
    client = sign_in(coordinator)
    for url in (report.get_absolute_url(), address("report_list"), address("report_hide", report)):
        page = client.get(url).text
        assert ("Ana" in page, "Tuesday Group" in page, "Zq7" in page) == (True, True, False) or "Hide it" in page
        assert "Zq7" not in page
    hide_item(report=report, reason="Zq7 is in it", by=joan.person, now=timezone.now())
    assert "Zq7" not in client.get(report.get_absolute_url()).text
    assert client.get(report.goal.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["owner who is contact", "reporter", "other coordinator", "contact elsewhere"])
def test_nobody_else_finds_the_report(sign_in, report, ana, ben, who):
    people = {
        "owner who is contact": lambda: RoleTermFactory(group=ana.group, person=ana.person).person,
        "reporter": lambda: ben.person,
        "other coordinator": lambda: ProgrammeStaffFactory().person,
        "contact elsewhere": lambda: RoleTermFactory().person,
    }
    client = sign_in(people[who]())
    assert client.get(report.get_absolute_url()).status_code == 404
    assert client.get(address("report_hide", report)).status_code == 404
    assert [client.post(address(name, report)).status_code for name in ("report_leave", "report_show")] == [404, 404]
    assert "Something that" not in client.get(address("report_list")).text


def test_reporter_and_owner_read_nothing_of_who_reported(sign_in, report, ana, ben):
    page = sign_in(ben.person).get(address("goal_report", report.goal)).text
    assert ("You have reported this." in page, "<textarea" in page) == (True, False)
    page = sign_in(ana.person).get(report.goal.get_absolute_url()).text
    assert [
        word for word in ("Ben", "report", WORDS) if word in page[page.index("<main") :].replace("Ben", "", 1)
    ] == []
    assert sign_in(ana.person).get(address("goal_report", report.goal)).status_code == 403


# What is done about it


def test_hiding_takes_it_from_everyone_but_its_owner_who_reads_why(sign_in, report, ana, ben, joan, tutor):
    client = sign_in(joan.person)
    assert "Enter why you hide it" in client.post(address("report_hide", report), {"reason": " "}).text
    client.post(address("report_hide", report), {"reason": "It names Cal"})
    sees = [Goal.objects.visible_to(person).exists() for person in (ben.person, joan.person, tutor, ana.person)]
    assert sees == [False, False, False, True]
    page = sign_in(ana.person).get(report.goal.get_absolute_url()).text
    assert ("This is hidden in Tuesday Group" in page, "It names Cal" in page, "Ben" in page) == (True, True, False)
    assert list(ReportStep.objects.values_list("step", "reason", "by")) == [("hid", "It names Cal", joan.person_id)]


def test_one_answer_settles_all_reports_about_the_same_in_a_group(report, ana, goal, joan):
    other = ReportFactory(goal=goal, membership=ana)
    elsewhere = ReportFactory(goal=goal, membership=MembershipFactory(person=ana.person))
    leave_item(report=report, by=joan.person, now=NOW)
    for row, state in ((report, "left"), (other, "left"), (elsewhere, "open")):
        row.refresh_from_db()
        assert row.state == state


def test_what_is_hidden_is_shown_again(sign_in, report, ben, joan):
    hide_item(report=report, reason="It names Cal", by=joan.person, now=NOW)
    client = sign_in(joan.person)
    assert "Only Ana sees it now" in client.get(report.get_absolute_url()).text
    client.post(address("report_show", report))
    assert Goal.objects.visible_to(ben.person).exists()
    assert list(report.steps.values_list("step", flat=True)) == ["hid", "showed"]


def test_what_was_left_can_be_hidden_after_all(report, joan):
    leave_item(report=report, by=joan.person, now=NOW)
    hide_item(report=report, reason="It names Cal", by=joan.person, now=NOW)
    report.refresh_from_db()
    assert report.state == "hidden"


def test_settling_twice_gets_a_sentence(sign_in, report, joan):
    hide_item(report=report, reason="It names Cal", by=joan.person, now=NOW)
    client = sign_in(joan.person)
    page = client.post(address("report_hide", report), {"reason": "Again 🙂"}).text
    assert ("has been settled" in page, "Again 🙂" in page) == (True, True)
    assert "has been settled" in client.post(address("report_leave", report), follow=True).text
    for step in (leave_item, hide_item):
        with pytest.raises(Settled):
            step(report=report, by=joan.person, now=NOW, **({"reason": "x"} if step is hide_item else {}))


def test_what_its_owner_took_back_needs_no_hiding(sign_in, report, ana, goal, joan, coordinator):
    change_audience(item=goal, audience=[], by=ana.person, now=NOW)
    with pytest.raises(NotSharedNow):
        hide_item(report=report, reason="It names Cal", by=coordinator, now=NOW)
    assert not Report.objects.visible_to(joan.person).exists()
    page = sign_in(coordinator).get(report.get_absolute_url()).text
    assert ("not shared in this group any more" in page, "Hide it" in page) == (True, False)


def test_hiding_in_one_group_leaves_the_other_alone(report, ana, goal, joan):
    elsewhere = MembershipFactory(person=ana.person)
    friend = MembershipFactory(group=elsewhere.group).person
    GoalShareFactory(item=goal, membership=elsewhere)
    hide_item(report=report, reason="It names Cal", by=joan.person, now=NOW)
    assert Goal.objects.visible_to(friend).exists()


# What is kept


def test_staff_who_hide_are_in_the_owners_log_and_peers_are_not(report, ana, joan, coordinator):
    hide_item(report=report, reason="It names Cal", by=joan.person, now=NOW)
    show_item(report=report, by=coordinator, now=NOW)
    looks = looks_at(ana.person)
    assert [(look.actor, look.action, look.route) for look in looks] == [
        (coordinator, "changed", "supportplans:report_show")
    ]


def test_tutors_look_at_a_report_is_a_look_at_the_item(sign_in, report, ana, tutor, coordinator):
    sign_in(tutor).get(report.get_absolute_url())
    sign_in(coordinator).get(report.get_absolute_url())
    assert list(AccessLogEntry.objects.values_list("actor", "subject", "route")) == [
        (tutor.pk, ana.person_id, "supportplans:report_detail")
    ]


def test_steps_are_never_changed(report, joan):
    leave_item(report=report, by=joan.person, now=NOW)
    for change in (lambda rows: rows.update(reason="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(ReportStep.objects.all())


@pytest.mark.parametrize("change", [{"state": "gone"}, {"reason": "none"}])
def test_impossible_reports_are_refused_by_the_database(report, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.update(**change)


# A section of a plan is reported as a goal is


@pytest.fixture
def section(ana):
    section = PersonalPlanSectionFactory(plan__person=ana.person, kind="helps", text="Zq7 section")
    PersonalPlanShareFactory(item=section, membership=ana)
    return section


def test_section_is_reported_hidden_and_its_owner_reads_why(sign_in, section, ana, ben, joan, tutor):
    client, page = sign_in(ben.person), address("personal_section_report", section)
    assert page in client.get(section.get_shared_url()).text
    sent = client.post(page, {"reason": "unkind", "words": WORDS}, follow=True)
    assert sent.redirect_chain == [(section.get_shared_url(), 302)]
    assert "You have reported this." in client.get(page).text
    assert told() == {joan.person_id, tutor.pk}
    report, client = Report.objects.get(), sign_in(joan.person)
    waiting = client.get(report.get_absolute_url()).text
    assert [words in waiting for words in (section.get_shared_url(), WORDS, "Ana")] == [True, True, True]
    client.post(address("report_hide", report), {"reason": "It names Cal"})
    sees = [section in PersonalPlanSection.objects.visible_to(one) for one in (ben.person, joan.person, tutor)]
    assert sees == [False, False, False]
    client = sign_in(ana.person)
    assert "It is hidden in a group. See why" in client.get("/my-plan/").text
    for own in ("/my-plan/helps/", "/my-plan/helps/sharing/"):
        assert "It names Cal" in client.get(own).text
    client = sign_in(joan.person)
    client.post(address("report_show", report))
    assert "Zq7 section" in client.get(section.get_shared_url()).text


def test_section_can_be_reported_by_whom_it_is_shared_with_alone(sign_in, section, ana, ben):
    page = address("personal_section_report", section)
    assert sign_in(ana.person).get(page).status_code == 403
    change_audience(item=section, audience=[], by=ana.person, now=NOW)
    assert sign_in(ben.person).post(page, {"reason": "unkind", "words": ""}).status_code == 404
    assert not Report.objects.exists()


def test_coordinator_reads_nothing_of_a_section(sign_in, section, ana, ben, joan, coordinator):
    send(section, ben.person)
    page = sign_in(coordinator).get(Report.objects.get().get_absolute_url()).text
    assert ("Ana" in page, "Zq7" in page, section.get_kind_display() in page) == (True, False, False)


def test_answer_about_a_section_settles_no_report_about_a_goal(section, goal, report, ben, joan):
    for _time in range(2):
        send(section, ben.person)
    about_section = Report.objects.get(personalplansection=section)
    assert list(Report.objects.about(about_section)) == [about_section]
    leave_item(report=about_section, by=joan.person, now=NOW)
    report.refresh_from_db()
    assert report.state == "open"


def test_report_is_of_one_item_and_open_once(section, goal, ana, ben):
    sent = {"membership": ana, "reported_by": ben.person}
    ReportFactory(goal=None, personalplansection=section, **sent)
    for items, constraint in (
        ({"goal": None}, "report_is_of_one_item"),
        ({"goal": goal, "personalplansection": section}, "report_is_of_one_item"),
        ({"goal": None, "personalplansection": section}, "one_open_report_per_section_and_person"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ReportFactory(**items, **sent)
    assert Report.objects.count() == 1


# The pages


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({}, "Choose what is wrong with it"), ({"reason": "unkind", "words": "x" * 100_000}, "Use 1000 characters or")],
)
def test_report_that_says_too_little_or_too_much_gets_a_sentence(sign_in, goal, ben, typed, sentence):
    assert sentence in sign_in(ben.person).post(address("goal_report", goal), {"words": "", **typed}).text
    assert not Report.objects.exists()


def test_reporting_from_the_goals_page(sign_in, goal, ben, joan, django_assert_max_num_queries):
    client = sign_in(ben.person)
    assert address("goal_report", goal) in client.get(goal.get_absolute_url()).text
    with django_assert_max_num_queries(15):
        client.post(address("goal_report", goal), {"reason": "other", "words": "مرحبا 🙂"})
    assert Report.objects.get().words == "مرحبا 🙂"


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_queries(sign_in, goal, ana, joan, number, django_assert_num_queries):
    reports = ReportFactory.create_batch(number, goal=goal, membership=ana)
    for _time in range(number):
        hide_item(report=reports[0], reason="It names Cal", by=joan.person, now=NOW)
        show_item(report=reports[0], by=joan.person, now=NOW)
    client = sign_in(joan.person)
    client.get(address("report_list"))
    with django_assert_num_queries(5):
        client.get(address("report_list"))
    with django_assert_num_queries(9):
        client.get(reports[0].get_absolute_url())
