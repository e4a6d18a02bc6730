"""Addresses that only the demo has."""

from django.urls import path

from peersupport.demo import mail, texts
from peersupport.demo.accounts import demo_account_list

urlpatterns = [
    path("v2/notifications/sms", texts.take_text),
    path("v2/notifications", texts.known_texts),
    path("demo/", demo_account_list, name="demo_account_list"),
    path("demo/mail/", mail.demo_mail_list, name="demo_mail_list"),
    path("demo/mail/<key>/", mail.demo_mail, name="demo_mail"),
    path("demo/mail/<key>/html/", mail.demo_mail_html, name="demo_mail_html"),
]
