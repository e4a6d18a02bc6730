from django.urls import path

from peersupport.reminders import views

app_name = "reminders"
urlpatterns = [
    path("", views.message_list, name="message_list"),
    path("preferences/", views.preferences, name="preferences"),
    path("quiet/", views.quiet_time_edit, name="quiet_time_edit"),
    path("unsubscribe/<token>/", views.unsubscribe, name="unsubscribe"),
    path("delivery/", views.delivery, name="delivery"),
    path("delivery/<int:pk>/settle/", views.message_settle, name="message_settle"),
]
