"""Choosing people of a study's team. They are named by address: colleagues' names are theirs to show (decision 10)."""

from django import forms

from evaluation.models import StudyMember
from members.models import Person

#: Who may hold an interview.
INTERVIEWING = (StudyMember.Duty.LEAD, StudyMember.Duty.INTERVIEWER)


class TeamField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=Person.objects.none(), **kwargs)

    def offer(self, study, duties=None, *, without=None):
        """Those who have one of `duties` now, or any; all but `without`."""
        team = StudyMember.objects.current().filter(study=study)
        if duties:
            team = team.filter(duty__in=duties)
        people = Person.objects.filter(pk__in=team.values("person"), is_active=True)
        self.queryset = people.exclude(pk=without and without.pk).order_by("email")

    def label_from_instance(self, person):
        return person.email
