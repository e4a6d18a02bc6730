"""What each section of a personal plan asks, with an example to start from. Examples name no treatment."""

from django.utils.translation import gettext_lazy as _

from supportplans.models import PersonalPlanSection

Kind = PersonalPlanSection.Kind

PERSONAL_PROMPTS = {
    Kind.MATTERS: (_("What matters to you?"), _("Seeing my grandson on Sundays. Being outside. My choir.")),
    Kind.STEADY_DAY: (
        _("What does a steady day look like?"),
        _("Up by nine. A short walk, then a rest. One thing in the house. Tea with Pat."),
    ),
    Kind.EARLY_SIGNS: (
        _("How can you tell that a flare-up may be coming?"),
        _("I sleep badly two nights in a row. I get snappy. I stop answering messages."),
    ),
    Kind.TRIGGERS: (_("What can set it off?"), _("Long drives. Doing all the cleaning on one good day. Worry.")),
    Kind.FIRST_STEPS: (
        _("What do you do first when it flares?"),
        _("Put the list down. Lie on my side for twenty minutes. Tell Joan. Cut today in half."),
    ),
    Kind.HELPS: (
        _("What helps you, and what doesn't?"),
        _("Warmth and music help. Being told to cheer up doesn't, and neither does staying in bed all day."),
    ),
    Kind.CONTACTS: (
        _("Whom would you contact, and how?"),
        _("Joan from the group, by text. My sister, after six."),
    ),
    Kind.CLINICIAN: (
        _("What have you agreed with your doctor, nurse or therapist?"),
        _("What we said in March, and when I go back. I write it as they said it."),
    ),
    Kind.MEDICAL_HELP: (
        _("When would you get medical help? The list above always holds. You can add your own words."),
        _("If it is not like my usual pain, I ring the surgery."),
    ),
    Kind.GOING_AGAIN: (
        _("How do you get going again afterwards?"),
        _("Half of what I did before, for three days. Then a little more."),
    ),
    Kind.REWARD: (_("What nice thing is there for you afterwards?"), _("A slice of cake at the garden centre.")),
}
