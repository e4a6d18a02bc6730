"""Addresses that only the demo has."""

from django.urls import path

from peersupport.demo import mail
from peersupport.demo.accounts import demo_account_list

urlpatterns = [
    path("", demo_account_list, name="demo_account_list"),
    path("mail/", mail.demo_mail_list, name="demo_mail_list"),
    path("mail/<key>/", mail.demo_mail, name="demo_mail"),
    path("mail/<key>/html/", mail.demo_mail_html, name="demo_mail_html"),
]
