"""The 32 items of COREQ in their three domains."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    number: int
    name: str | Promise
    question: str | Promise


_DOMAINS = (
    (
        _("Research team"),
        (
            (_("Interviewer"), _("Who did the interviews?")),
            (_("Credentials"), _("What are the researchers’ degrees?")),
            (_("Occupation"), _("What was their work at the time?")),
            (_("Gender"), _("What is their gender?")),
            (_("Experience and training"), _("What experience or training did they have?")),
            (_("Relationship established"), _("Did they know the participants before the study began?")),
            (_("Participant knowledge of the interviewer"), _("What did the participants know of them?")),
            (_("Interviewer characteristics"), _("What is to be said of their views and interests in the subject?")),
        ),
    ),
    (
        _("Study design"),
        (
            (_("Methodological orientation and theory"), _("Which method lies under the study?")),
            (_("Sampling"), _("How were participants chosen?")),
            (_("Method of approach"), _("How were they asked?")),
            (_("Sample size"), _("How many took part?")),
            (_("Non-participation"), _("How many said no or stopped, and why?")),
            (_("Setting of data collection"), _("Where did the interviews take place?")),
            (_("Presence of non-participants"), _("Was anyone else there?")),
            (_("Description of sample"), _("Who are the people interviewed?")),
            (_("Interview guide"), _("Which questions were asked, and were they tried out first?")),
            (_("Repeat interviews"), _("Was anyone interviewed more than once?")),
            (_("Audio or visual recording"), _("Were the interviews recorded?")),
            (_("Field notes"), _("Were field notes made?")),
            (_("Duration"), _("How long were the interviews?")),
            (_("Data saturation"), _("Was it asked whether more interviews would bring anything new?")),
            (_("Transcripts returned"), _("Did participants get their transcripts to correct?")),
        ),
    ),
    (
        _("Analysis and findings"),
        (
            (_("Number of data coders"), _("How many people coded the texts?")),
            (_("Description of the coding tree"), _("Is the tree of codes described?")),
            (_("Derivation of themes"), _("Were themes there before, or do they come from the texts?")),
            (_("Software"), _("Which software was used for the texts?")),
            (_("Participant checking"), _("Did participants say what they think of the findings?")),
            (_("Quotations presented"), _("Are people quoted, each under their pseudonym?")),
            (_("Data and findings consistent"), _("Do the findings follow from what was said?")),
            (_("Clarity of major themes"), _("Are the major themes clear?")),
            (_("Clarity of minor themes"), _("Are different cases and minor themes described?")),
        ),
    ),
)


def _numbered():
    number, domains = 0, []
    for domain, items in _DOMAINS:
        domains.append((domain, tuple(Item(number + place, *item) for place, item in enumerate(items, start=1))))
        number += len(items)
    return tuple(domains)


#: (name of the domain, its items)
DOMAINS: tuple[tuple[str | Promise, tuple[Item, ...]], ...] = _numbered()
ITEMS = {item.number: item for _domain, items in DOMAINS for item in items}
