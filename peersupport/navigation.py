"""What every page knows: whose service it is, and where the person looking can go."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import RESEARCHERS, Role, held_by

GROUP_ROLES = frozenset({Role.MEMBER, Role.ROLE_HOLDER, Role.TUTOR})
EVERYONE = frozenset({Role.PERSON})

# Label, name of the address, the roles that see it: in the order of the menu.
MENU = (
    (_("Home"), "home", EVERYONE),
    (_("Groups"), "groups:group_list", GROUP_ROLES),
    (_("My goals"), "supportplans:goal_list", frozenset({Role.MEMBER})),
    (_("My plan"), "supportplans:personal_plan_detail", frozenset({Role.MEMBER})),
    (_("Flare-ups"), "supportplans:flareup_list", frozenset({Role.MEMBER})),
    (_("Register"), "groups:register", frozenset({Role.COORDINATOR})),
    (_("Requests"), "groups:support_request_list", frozenset({Role.COORDINATOR, Role.TUTOR})),
    (_("Concerns"), "groups:concern_list", frozenset({Role.SAFEGUARDING_LEAD})),
    (_("Programmes"), "groups:programme_list", frozenset({Role.COORDINATOR, Role.TUTOR})),
    (_("Studies"), "evaluation:study_list", RESEARCHERS | {Role.ADMINISTRATOR}),
    (_("Delivery"), "reminders:delivery", frozenset({Role.ADMINISTRATOR})),
    (_("Account"), "members:account", EVERYONE),
)


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    is_current: bool


def service(request):
    return {"service_name": settings.SERVICE_NAME, "service_run_by": settings.SERVICE_RUN_BY}


def navigation(request):
    """The menu of the person looking, worked out when a page shows it: roles cost queries, errors show no menu."""
    return {"navigation": SimpleLazyObject(lambda: menu_of(request.user, request.path))}


def menu_of(person, path):
    """Where `person` can go, each item saying whether `path` lies in it."""
    roles = held_by(person)
    addresses = [(label, reverse(name)) for label, name, by in MENU if by & roles]
    return [Item(label, url, _is_within(path, url)) for label, url in addresses]


def _is_within(path, url):
    return path == url or (url != "/" and path.startswith(url))
