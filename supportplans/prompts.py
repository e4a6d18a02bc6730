"""What each part of a mutual support plan asks, with an example to start from."""

from django.utils.translation import gettext_lazy as _

from supportplans.models import PlanSection

Kind = PlanSection.Kind

PROMPTS = {
    Kind.PURPOSE: (
        _("Why do you go on meeting?"),
        _("We keep in contact and help each other use what we learned, each at their own pace."),
    ),
    Kind.MEETINGS: (
        _("How often, where, and how does a meeting go?"),
        _("Every second Tuesday. Tea for the first half hour. We finish on time."),
    ),
    Kind.CONTACT: (
        _("How do you keep in touch in between, and how much is enough?"),
        _("A message in the week between, from whoever feels able. No answer is needed."),
    ),
    Kind.ROLES: (
        _("Who does what, until when, and who steps in?"),
        _("Joan books the room until spring. Sam steps in without being asked twice."),
    ),
    Kind.MISSING: (
        _("What do you do when someone misses meetings? Ask only those who want it."),
        _("After two missed meetings the contact rings once, if the person said they would like that."),
    ),
    Kind.FLAREUPS: (
        _("What is welcome in a flare-up, and what is not?"),
        _("A short message is welcome. Advice is not, unless asked for."),
    ),
    Kind.GROUND_RULES: (
        _("What stays in the room, and when does it not?"),
        _("What is said here stays here, unless someone's life is in danger."),
    ),
    Kind.NEWCOMERS: (
        _("How do new people join?"),
        _("We agree together first. The greeter rings them before they come."),
    ),
    Kind.MONEY: (_("Is there any money, and who looks after it?"), _("A pound in the tin for tea, if you have it.")),
    Kind.WORRIED: (
        _("What do you do when you are worried about someone?"),
        _("We say so, kindly, and ask what would help. If life is in danger we ring 999."),
    ),
    Kind.REVIEW: (_("When do you look at this plan again?"), _("Once a year, in spring.")),
    Kind.ENDING: (
        _("How would you pause or end?"),
        _("If fewer than three of us come for three months, we talk about it."),
    ),
}
