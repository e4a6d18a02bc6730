"""Messages about roles, posts and help."""

from datetime import date, timedelta

from tests import factories as make
from tests.factories import NOW, TODAY
from tests.scenes.stage import PRIVATE, PROGRAMME, group, message, person, scene, site


def term(role, by="Joan", **changes):
    return make.RoleTermFactory(role=role, person=person("Maria"), offered_by=person(by), **changes)


@scene("groups.role_offered")
def role_offered():
    """It comes at once when someone is asked to take on a role."""
    row = term("host", group=group(), accepted_at=None)
    return message(row, row.person)


@scene("groups.role_offered", "Patient tutor")
def tutor_asked():
    """A coordinator asks someone to be patient tutor; they may have no account yet."""
    programme = make.ProgrammeFactory(site=site(), name=PROGRAMME)
    row = term("tutor", by="Priya", group=None, programme=programme, accepted_at=None)
    return message(row, row.person)


@scene("groups.role_taken_over")
def role_taken_over():
    """It comes at once when a role holder hands over to a deputy."""
    row = term("contact", group=group())
    return message(row, row.person)


@scene("groups.role_ending")
def role_ending():
    """It comes at nine in the morning two weeks before the day until which someone meant to do a role."""
    row = term("contact", group=group(), ends_on=TODAY + timedelta(days=14))
    return message(row, row.person, version=(row.ends_on - date(2000, 1, 1)).days)


def post(**changes):
    row = make.SafeguardingPostFactory(site=site(), person=person("Lena"), named_by=person("Priya"), **changes)
    return message(row, row.person)


@scene("groups.safeguarding_named")
def lead_named():
    """It comes at once when a coordinator names a site's safeguarding lead or deputy."""
    return post()


@scene("groups.safeguarding_named", "Deputy")
def deputy_named():
    """The deputy stands in for the lead."""
    return post(is_deputy=True)


@scene("groups.concern_raised")
def concern_raised():
    """It comes at once, and at any hour, to a site's safeguarding lead and deputy when someone has raised a concern."""
    row = make.ConcernFactory(group=group(), raised_by=person("Maria"), text=PRIVATE)
    return message(row, make.SafeguardingPostFactory(site=row.site, person=person("Lena")).person)


def support_request(**changes):
    return make.SupportRequestFactory(group=group(), asked_by=person("Joan"), text=PRIVATE, **changes)


@scene("groups.request_made")
def request_made():
    """It comes at once to the patient tutor or the coordinator whom a group asks for help."""
    row = support_request(to="tutor")
    return message(row, make.RoleTermFactory(group=row.group, person=person("Tom"), role="tutor").person)


@scene("groups.request_answered")
def request_answered():
    """It comes at once to whoever asked, when there is an answer."""
    row = support_request(state="answered", answer=PRIVATE, answered_by=person("Tom"), answered_at=NOW)
    return message(row, row.asked_by)
