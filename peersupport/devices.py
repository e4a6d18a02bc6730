"""What a browser calls itself, in words that its owner knows it by."""

from django.utils.translation import gettext as _

# The first that is found counts: Edge says that it is Chrome, Chrome that it is Safari, Android that it is Linux.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def spoken_device(user_agent):
    """ "Chrome on Android" for the User-Agent header `user_agent`; "Another device" where it says nothing known."""
    browser = _first(BROWSERS, user_agent)
    device = _first(DEVICES, user_agent)
    if browser and device:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("Another device")


def _first(names, user_agent):
    return next((name for sign, name in names if sign in user_agent), "")
