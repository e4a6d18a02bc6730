from django.urls import path

from peersupport.reminders import receipts, views, way_views

app_name = "reminders"
urlpatterns = [
    path("", views.message_list, name="message_list"),
    path("preferences/", views.preferences, name="preferences"),
    path("quiet/", views.quiet_time_edit, name="quiet_time_edit"),
    path("weekly/", views.digest_edit, name="digest_edit"),
    path("ways/", way_views.way_list, name="way_list"),
    path("ways/phone/", way_views.phone_add, name="phone_add"),
    path("ways/phone/confirm/", way_views.phone_confirm, name="phone_confirm"),
    path("ways/phone/remove/", way_views.phone_remove, name="phone_remove"),
    path("ways/device/", way_views.device_add, name="device_add"),
    path("ways/device/<int:pk>/remove/", way_views.device_remove, name="device_remove"),
    path("ways/instead/", way_views.stand_in_edit, name="stand_in_edit"),
    path("receipts/", receipts.notify_receipt, name="notify_receipt"),
    path("unsubscribe/<token>/", views.unsubscribe, name="unsubscribe"),
    path("delivery/", views.delivery, name="delivery"),
    path("delivery/<int:pk>/settle/", views.message_settle, name="message_settle"),
]
