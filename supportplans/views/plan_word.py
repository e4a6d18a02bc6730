"""A member's word on a proposed plan."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.access import require
from peersupport.refusals import shown_on
from supportplans.forms.plan import SayWordForm
from supportplans.models import PlanWord
from supportplans.services.plan_word import say_word
from supportplans.views.plan import visible_plan


def word_say(request, pk):
    plan = visible_plan(request, pk)
    require(request.user, "supportplans.say_word", plan)
    own = PlanWord.objects.counting().filter(plan=plan, person=request.user).first()
    said = {"word": own.word, "note": own.note} if own else {}
    form = SayWordForm(
        request.POST or None, initial={"proposal": plan.proposals, **said}, cancel_url=plan.get_absolute_url()
    )
    if form.is_valid():
        with shown_on(form):
            plan = say_word(plan=plan, by=request.user, now=timezone.now(), **form.cleaned_data)
            is_in_use = plan.state == plan.State.IN_USE
            messages.success(request, _("The plan is now in use.") if is_in_use else _("Your word is saved."))
            return redirect(plan)
    return render(request, "supportplans/word_say.html", {"plan": plan, "form": form})
