"""Addresses that only the demo has."""

from django.urls import path

from peersupport import demo_mail
from peersupport.demo.accounts import demo_account_list

urlpatterns = [
    path("", demo_account_list, name="demo_account_list"),
    path("mail/", demo_mail.demo_mail_list, name="demo_mail_list"),
    path("mail/<key>/", demo_mail.demo_mail, name="demo_mail"),
    path("mail/<key>/html/", demo_mail.demo_mail_html, name="demo_mail_html"),
]
