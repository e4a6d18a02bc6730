from django.urls import path

from members import views

app_name = "members"
urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/details/", views.profile_edit, name="profile_edit"),
    path("account/mail/resume/", views.mail_resume, name="mail_resume"),
    path("account/looks/", views.look_list, name="look_list"),
]
