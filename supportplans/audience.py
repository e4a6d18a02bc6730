"""Whom a member can show an item to, and who sees it now, by name."""

from dataclasses import dataclass, field

from django.db.models import Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import Membership, RoleTerm
from groups.reach import groups_as_member
from members.models import Person


@dataclass
class Circle:
    """One group of the owner's, through their `membership`: the `others` who can be chosen, and its tutors' names.

    `share` tells how the item is shared there now: `with_all`, or with the keys of memberships in `with_chosen`.
    `hidden_reason` is set where it was hidden: nobody sees it there, and it can't be shared anew.
    """

    membership: Membership
    others: list[Membership] = field(default_factory=list)
    tutors: list[str] = field(default_factory=list)
    with_all: bool = False
    with_chosen: set[int] = field(default_factory=set)
    hidden_reason: str = ""

    @property
    def group(self):
        return self.membership.group

    def add_tutor(self, person: Person) -> None:
        """A tutor who is one of the members as well is named among those."""
        if person.pk not in {other.person_id for other in self.others}:
            self.tutors.append(person.preferred_name)

    @property
    def names(self) -> list[str]:
        """Everyone who sees what is shared with the whole group."""
        return [other.shown_name for other in self.others] + [as_tutor(name) for name in self.tutors]

    @property
    def names_now(self) -> list[str]:
        """Those with whom it is shared there now."""
        if self.with_all:
            return self.names
        return [other.shown_name for other in self.others if other.pk in self.with_chosen]


def circles_of(item, owner: Person) -> list[Circle]:
    """The groups in which `owner` can share `item`, and how it is shared there, in 4 queries."""
    own = Membership.objects.current().filter(person=owner).select_related("group").order_by("group__name", "pk")
    circles = {membership.group_id: Circle(membership) for membership in own}
    others = Membership.objects.current().filter(group__in=groups_as_member(owner), person__is_active=True)
    for other in others.exclude(person=owner).ordered_by_name():
        circles[other.group_id].others.append(other)
    for term in _tutors(circles).exclude(person=owner):
        circles[term.group_id].add_tutor(term.person)
    _add_shares(circles, item)
    return list(circles.values())


def names_of_who_sees(item) -> list[str]:
    """The names of those besides the owner who see `item` now; who sees it as a tutor is said to be one. 2 queries."""
    shares = list(item.shares.shown().values_list("membership__group", "chosen__person", "membership__person"))
    if not shares:
        return []
    groups = {group for group, chosen, _owner in shares if chosen is None}
    members = Membership.objects.current().filter(group__in=groups, person__isnull=False).values("person")
    tutors = RoleTerm.objects.current().tutors().filter(group__in=groups).values("person")
    chosen = {chosen for _group, chosen, _owner in shares if chosen}
    as_members = Q(pk__in=members) | Q(pk__in=chosen)
    people = Person.objects.filter(as_members | Q(pk__in=tutors), is_active=True).exclude(pk=shares[0][2])
    rows = people.annotate(is_member=as_members).order_by("preferred_name", "pk")
    return [
        name if is_member else as_tutor(name) for name, is_member in rows.values_list("preferred_name", "is_member")
    ]


def names_by_item(items) -> dict[int, list[str]]:
    """As `names_of_who_sees`, for several items of one owner and kind, by their keys. 2 queries."""
    if not items:
        return {}
    shares = items[0].shares.model.objects.shown().filter(item__in=items)
    shares = list(shares.select_related("membership", "chosen__person"))
    there = _people_of({share.membership.group_id for share in shares if not share.chosen_id})
    seen: dict[int, dict] = {item.pk: {} for item in items}
    for share in shares:
        known = seen[share.item_id]
        for name, key, is_tutor in _seeing(share, there):
            # Who is a member as well as a tutor, or chosen, is named as the others are.
            known[name, key] = is_tutor and known.get((name, key), True)
    return {key: _spoken(people) for key, people in seen.items()}


def spoken_audience(names: list[str]) -> str:
    """Who sees something of one's own, in a sentence: "Only you", or "You and 2 others: Ben, Cal"."""
    if not names:
        return _("Only you")
    others = ngettext("You and %(number)d other: %(names)s", "You and %(number)d others: %(names)s", len(names))
    return others % {"number": len(names), "names": ", ".join(names)}


def as_tutor(name: str) -> str:
    return _("%(name)s (patient tutor)") % {"name": name}


def _people_of(groups):
    """Members and tutors of each group, but for closed accounts: (name, key, whether they are there as its tutor)."""
    people: dict[int, list] = {group: [] for group in groups}
    if not people:
        return people
    named = ("group", "person__preferred_name", "person")
    members = Membership.objects.current().filter(group__in=groups, person__is_active=True).order_by()
    tutors = RoleTerm.objects.current().tutors().filter(group__in=groups, person__is_active=True).order_by()
    rows = members.values_list(*named, Value(False)).union(tutors.values_list(*named, Value(True)))
    for group, *person in rows:
        people[group].append(person)
    return people


def _seeing(share, there):
    """Who sees an item through one share, besides its owner."""
    chosen = share.chosen and share.chosen.person
    if chosen:
        return [(chosen.preferred_name, chosen.pk, False)] if chosen.is_active else []
    return [person for person in there[share.membership.group_id] if person[1] != share.membership.person_id]


def _spoken(people):
    return [as_tutor(name) if is_tutor else name for (name, _key), is_tutor in sorted(people.items())]


def _tutors(circles):
    terms = RoleTerm.objects.current().tutors().filter(group__in=circles, person__is_active=True)
    return terms.select_related("person").order_by("person__preferred_name", "pk")


def _add_shares(circles, item):
    for share in item.shares.in_groups(circles):
        circle = circles[share.membership.group_id]
        circle.hidden_reason = circle.hidden_reason or share.hidden_reason
        if share.membership_id != circle.membership.pk:
            continue
        if share.chosen_id:
            circle.with_chosen.add(share.chosen_id)
        else:
            circle.with_all = True
