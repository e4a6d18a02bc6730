from django.urls import path

from groups.views import register

urlpatterns = [
    path("register/", register.register, name="register"),
]
