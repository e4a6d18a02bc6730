"""How far a person's duties in studies reach: the role paths that the models of this app share."""

from django.apps import apps
from django.db.models import Exists, Q
from django.utils import timezone

from groups.reach import groups_as_member
from peersupport.access.governed import ids_where
from peersupport.access.roles import Role

DUTIES = {
    "lead": Role.LEAD,
    "interviewer": Role.INTERVIEWER,
    "analyst": Role.ANALYST,
    "key_holder": Role.KEY_HOLDER,
    "approver": Role.APPROVER,
}


def studies_with_duty(person, duty):
    return ids_where(
        apps.get_model("evaluation", "StudyMember").objects.current().filter(person=person, duty=duty),
        "study",
    )


def studies_taken_part_in(person):
    keys = apps.get_model("evaluation", "IdentityKey").objects.filter(person=person)
    return ids_where(keys, "participant__study")


def studies_open_to(person):
    """Studies under way with a consent form to answer that cover a group `person` belongs to, or that asked them."""
    today = timezone.localdate()
    studies = apps.get_model("evaluation", "Study").objects.filter(
        Q(groups__in=groups_as_member(person)) | Q(pk__in=studies_asking(person)),
        consent_forms__isnull=False,
        starts_on__lte=today,
        ends_on__gte=today,
    )
    return ids_where(studies, "pk")


def studies_asking(person):
    """Studies that approached `person`, who has not said no. A late answer is welcome."""
    approaches = apps.get_model("evaluation", "Approach").objects.filter(key__person=person)
    return ids_where(approaches.in_state("invited", "not_reached"), "study")


def studies_that_ask(person):
    """Those open to `person` that they have not answered; none where they don't want to be asked."""
    studies = apps.get_model("evaluation", "Study").objects.filter(pk__in=studies_open_to(person))
    unwilling = apps.get_model("evaluation", "ResearchWish").objects.filter(person=person, may_be_asked=False)
    return studies.exclude(pk__in=studies_taken_part_in(person)).exclude(Exists(unwilling))


def duty_paths(to_study: str) -> dict:
    """Researchers' paths to a row through its study; `to_study` is the field that leads there ("study", or "pk")."""

    def path(duty):
        return lambda person: Q(**{f"{to_study}__in": studies_with_duty(person, duty)})

    return {role: path(duty) for duty, role in DUTIES.items()}
