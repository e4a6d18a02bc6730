"""Choosing people of a study's team. They are named by address: colleagues' names are theirs to show (decision 10)."""

from django import forms

from evaluation.models import StudyMember
from members.models import Person


class TeamField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=Person.objects.none(), **kwargs)

    def offer(self, study, permission=None, *, without=None):
        """Those whose duty grants `permission` now, or who have any duty; all but `without`."""
        members = StudyMember.objects
        team = members.who_may(permission) if permission else members.current()
        people = Person.objects.filter(pk__in=team.filter(study=study).values("person"), is_active=True)
        self.queryset = people.exclude(pk=without and without.pk).order_by("email")

    def label_from_instance(self, person):
        return person.email
