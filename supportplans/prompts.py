"""What each part of a mutual support plan asks, with examples to start from."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supportplans.models import PlanSection

Kind = PlanSection.Kind


@dataclass(frozen=True)
class Prompt:
    """A plain question, and texts of other groups that may serve as a beginning."""

    question: str | Promise
    examples: tuple[str | Promise, ...]


PROMPTS = {
    Kind.PURPOSE: Prompt(
        _("Why do you go on meeting?"),
        (
            _("We keep in contact and help each other use what we learned, each at their own pace."),
            _("To be with people who understand, and to laugh. Goals are there for those who want them."),
            _("So that nobody has to manage on their own after the programme."),
        ),
    ),
    Kind.MEETINGS: Prompt(
        _("How often, where, and how does a meeting go?"),
        (
            _("Every second Tuesday. Tea for the first half hour. We finish on time."),
            _("Once a month at the library, and once a month by video for those who can't travel."),
            _("We begin with how everyone is. You can lie down, stand or go home at any time."),
        ),
    ),
    Kind.CONTACT: Prompt(
        _("How do you keep in touch in between, and how much is enough?"),
        (
            _("A message in the week between, from whoever feels able. No answer is needed."),
            _("Two of us ring each other every other week. Who does so is up to each."),
            _("A list of phone numbers on paper for those who want to be on it. No calls after 8pm."),
        ),
    ),
    Kind.ROLES: Prompt(
        _("Who does what, until when, and who steps in?"),
        (
            _("Joan books the room until spring. Sam steps in without being asked twice."),
            _("We take turns with the tea. Whoever can't do it says so, and that is enough."),
            _("Each job has two people and lasts half a year. Then we ask who would like it next."),
        ),
    ),
    Kind.MISSING: Prompt(
        _("What do you do when someone misses meetings? Ask only those who want it."),
        (
            _("After two missed meetings the contact rings once, if the person said they would like that."),
            _("We send a card. Nobody has to say why they were away."),
            _("Nothing, unless you asked for it. The door is open whenever you come back."),
        ),
    ),
    Kind.FLAREUPS: Prompt(
        _("What is welcome in a flare-up, and what is not?"),
        (
            _("A short message is welcome. Advice is not, unless asked for."),
            _("Lifts, shopping or walking the dog can be offered. “No” is a fine answer."),
            _("We don't compare pain. We ask: would you like company, help or quiet?"),
        ),
    ),
    Kind.GROUND_RULES: Prompt(
        _("What stays in the room, and when does it not?"),
        (
            _("What is said here stays here, unless someone's life is in danger."),
            _("One person speaks at a time. Anyone can pass."),
            _("No selling, no photos, and nothing about the group on social media."),
        ),
    ),
    Kind.NEWCOMERS: Prompt(
        _("How do new people join?"),
        (
            _("We agree together first. The greeter rings them before they come."),
            _("Anyone from our programme can come back at any time, with no questions."),
            _("New people may bring someone along the first time."),
        ),
    ),
    Kind.MONEY: Prompt(
        _("Is there any money, and who looks after it?"),
        (
            _("A pound in the tin for tea, if you have it."),
            _("We have no money. Each pays for their own coffee."),
            _("Two of us look after the tin and tell everyone twice a year what is in it."),
        ),
    ),
    Kind.WORRIED: Prompt(
        _("What do you do when you are worried about someone?"),
        (
            _("We say so, kindly, and ask what would help. If life is in danger we ring 999."),
            _("We talk to the person first, and to nobody else without their leave."),
            _("You don't have to carry it alone: tell the contact, or raise a concern."),
        ),
    ),
    Kind.REVIEW: Prompt(
        _("When do you look at this plan again?"),
        (
            _("Once a year, in spring."),
            _("When someone new joins, and when one of us asks."),
            _("At our last meeting before the summer. We read it out and change what no longer fits."),
        ),
    ),
    Kind.ENDING: Prompt(
        _("How would you pause or end?"),
        (
            _("If fewer than three of us come for three months, we talk about it."),
            _("We have a break each summer and start again in September."),
            _("If we end, we have one last meeting and say goodbye well."),
        ),
    ),
}
