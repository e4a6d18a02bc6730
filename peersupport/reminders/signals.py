"""Whoever signs out of a browser gets no notifications there any more: others may use it."""

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from peersupport.reminders import ways


@receiver(user_logged_out, dispatch_uid="reminders.forget_device")
def forget_device(sender, request, **kwargs):
    if request is not None and request.session.session_key:
        ways.forget_devices_of_session(session_key=request.session.session_key)
