"""The parts that pages are made of: one tag, one template in templates/components/, explicit arguments.

The tags are built in: no `{% load %}`. Tags with an end tag take their content between the two.
"""

from django import template
from django.template.loader import render_to_string
from django.utils import timezone

from peersupport import devices, spoken
from peersupport.spoken import in_zone

register = template.Library()

TAG_COLOURS = {"green", "blue", "yellow", "orange", "red", "purple", "grey", "white"}
CHART_KINDS = {"bar", "stacked-bar", "line"}


@register.inclusion_tag("components/page_header.html")
def page_header(title, caption=""):
    """The one h1 of a page; `caption` says above it in what it stands (the group's or the programme's name)."""
    return {"title": title, "caption": caption}


@register.inclusion_tag("components/back_link.html")
def back_link(url, text=""):
    """The way back, for `{% block before_content %}`; `text` defaults to "Back"."""
    return {"url": url, "text": text}


@register.inclusion_tag("components/button_link.html")
def button_link(text, url, variant=""):
    """A link that is the next step. `variant`: "" (one to a page), "secondary" or "warning"."""
    return {"text": text, "url": url, "variant": variant}


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context, text, url, name="", value="", variant="", label=""):
    """One tap that changes something: a small form with one button.

    `name` and `value` are posted with it; `label` is what a screen reader hears where `text` alone is not enough
    ("Remove Sam"). `variant` as for `button_link`.
    """
    return {
        "text": text,
        "url": url,
        "name": name,
        "value": value,
        "variant": variant,
        "label": label,
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag
def card(content, heading="", url="", variant="", level=2, caption=""):
    """`{% card heading=_("Next meeting") %}...{% endcard %}`: a surface with a heading and any content.

    `url` makes the heading a link; `variant`: "" or "primary" (the next step on a page, once); `level` is the
    heading's level; `caption` is a small line above the heading.
    """
    parts = {
        "content": content,
        "heading": heading,
        "url": url,
        "variant": variant,
        "level": level,
        "caption": caption,
    }
    return render_to_string("components/card.html", parts)


@register.simple_block_tag
def summary_list(content):
    """`{% summary_list %}{% row _("Where") %}...{% endrow %}{% endsummary_list %}`: what is known about one thing."""
    return render_to_string("components/summary_list.html", {"content": content})


@register.simple_block_tag
def row(content, key, change_url="", change_label="", change_text=""):
    """One row of a `summary_list`; blank content is shown as "Not filled in".

    `change_url` adds a link, which says `change_text` ("Change" if not given); `change_label` is what follows it for a
    screen reader, the `key` if not given.
    """
    parts = {
        "content": content,
        "key": key,
        "change_url": change_url,
        "change_label": change_label or key,
        "change_text": change_text,
    }
    return render_to_string("components/row.html", parts)


@register.inclusion_tag("components/status_tag.html")
def status_tag(text, colour=""):
    """A state in a word. `colour`: green, blue, yellow, orange, red, purple, white or (if not said) grey."""
    if colour and colour not in TAG_COLOURS:
        raise template.TemplateSyntaxError(f"status_tag has no colour {colour!r}.")
    return {"text": text, "colour": colour}


@register.simple_block_tag
def task_list(content):
    """`{% task_list %}{% task ... %}{% endtask_list %}`: steps, each with how far it is."""
    return render_to_string("components/task_list.html", {"content": content})


@register.inclusion_tag("components/task.html")
def task(name, key, url="", status="", colour="", hint=""):
    """One step of a `task_list`; `key` is unique on the page (a primary key or a word); see `status_tag`."""
    return {
        "name": name,
        "key": key,
        "url": url,
        "status": status,
        "colour": colour,
        "hint": hint,
    }


@register.inclusion_tag("components/who_can_see.html")
def who_can_see(who, change_url=""):
    """The line beside anything that can be seen: `who` in plain words ("Only you", "You and Sam")."""
    return {"who": who, "change_url": change_url}


@register.inclusion_tag("components/care_card.html")
def care_card():
    """Where to turn for help: the same words on every member page, never inside a form. base.html has it already."""
    return {}


@register.simple_block_tag
def empty_state(content, heading):
    """`{% empty_state heading=_("No goals yet") %}...{% endempty_state %}`: what could be here, and how to start."""
    return render_to_string("components/empty_state.html", {"content": content, "heading": heading})


@register.inclusion_tag("components/pager.html")
def pager(previous_url="", next_url="", previous_text="", next_text=""):
    """Links to the page before and after; shows nothing when there is neither."""
    return {
        "previous_url": previous_url,
        "next_url": next_url,
        "previous_text": previous_text,
        "next_text": next_text,
    }


@register.simple_block_tag
def chart(content, kind="bar", top=None, label=""):
    """`{% chart kind="bar" %}<table>...</table>{% endchart %}`: a table, and with JavaScript a chart drawn from it.

    The table has a caption, a heading row and a first column of labels; every other column is one series of numbers,
    an empty cell or a word is a gap. `kind`: bar, stacked-bar or line; `top`: how far up the numbers could go, where
    that is known. `label` is what a screen reader calls the table's surroundings, where a page has several charts.
    The page loads it once with
    `{% block scripts %}<script src="{% static 'build/chart.js' %}" defer></script>{% endblock %}`.
    """
    if kind not in CHART_KINDS:
        raise template.TemplateSyntaxError(f"chart has no kind {kind!r}.")
    return render_to_string("components/chart.html", {"content": content, "kind": kind, "top": top, "label": label})


@register.inclusion_tag("components/time_tag.html")
def time_tag(moment, zone=None):
    """`{% time_tag meeting.starts_at group.time_zone %}`: "Tuesday 24 November 2026, 2pm" in a `<time>`."""
    return {
        "moment": in_zone(moment, zone),
        "spoken": spoken.spoken_datetime(moment, zone),
    }


@register.filter
def spoken_date(value, zone=None):
    """ "Tuesday 24 November 2026" for a date or (in `zone`) a datetime; nothing for None."""
    return spoken.spoken_date(value, zone) if value else ""


@register.filter
def spoken_time(value, zone=None):
    """ "2pm" for a time or (in `zone`) a datetime; nothing for None."""
    return "" if value is None else spoken.spoken_time(value, zone)


@register.filter
def spoken_datetime(value, zone=None):
    """ "Tuesday 24 November 2026, 2pm" in `zone`, else in the zone of the person looking; nothing for None."""
    return spoken.spoken_datetime(value, zone) if value else ""


@register.filter
def spoken_ago(moment, today):
    """ "3 weeks ago" for an aware datetime, seen from the date `today` of the person looking; nothing for None."""
    return spoken.spoken_ago(timezone.localdate(moment), today) if moment else ""


@register.filter
def spoken_device(user_agent):
    """ "Chrome on Android" for what a browser calls itself."""
    return devices.spoken_device(user_agent)
