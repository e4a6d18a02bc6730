from django.urls import path

app_name = "supportplans"
urlpatterns: list[path] = []
