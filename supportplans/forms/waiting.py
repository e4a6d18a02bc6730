"""A flare-up logged without a connection: typed on a page that the device keeps, sent later by our script."""

from datetime import timedelta

from django.utils import timezone

from supportplans.forms.flareup import LogEarlierFlareUpForm, clean_past_day


class KeptFlareUpForm(LogEarlierFlareUpForm):
    """Stands on the page that the device keeps: without the secret of a session, which would be old by then."""

    keeps_draft = False

    @property
    def helper(self):
        helper = super().helper
        helper.disable_csrf = True
        helper.attrs |= {"data-log-earlier": True}
        return helper


class WaitingFlareUpForm(LogEarlierFlareUpForm):
    """What the script sends of one entry."""

    def clean_started_on(self):
        """The day is the device's: abroad it can be a day ahead of the person's own zone."""
        day = self.cleaned_data["started_on"]
        today = timezone.localdate()
        return today if day == today + timedelta(days=1) else clean_past_day(day)
